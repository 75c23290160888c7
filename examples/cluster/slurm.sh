#!/usr/bin/env bash
# A search on a SLURM cluster: task 0 of the array coordinates, the others are workers.
#
#   sbatch examples/cluster/slurm.sh train.csv income /shared/runs/income 1h [more options of the search]
#
# The data and the job folder are on a file system that all nodes share. More workers join a running search with
#   sbatch --array=1-8 examples/cluster/slurm.sh train.csv income /shared/runs/income 1h
#SBATCH --job-name=automl
#SBATCH --array=0-4
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=02:00:00
#SBATCH --requeue
# B: signal this shell, too; nothing here is an srun step, so SLURM would otherwise signal nobody
#SBATCH --signal=B:TERM@60
# #SBATCH --gres=gpu:1
set -euo pipefail

data=$1 target=$2 folder=$3 limit=$4
run=(${AUTOML:-automl})

if [[ "${SLURM_ARRAY_TASK_ID:-0}" == 0 ]]; then
    if [[ -f "$folder/job.yaml" ]]; then
        # the coordinator was preempted and requeued: continue where it stopped
        exec "${run[@]}" resume "$folder"
    fi
    exec "${run[@]}" search "$data" --target "$target" --time "$limit" \
        --executor folder --out "$folder" "${@:5}"
fi

# named by the array's id, so that a requeued worker gets its trial back
name="slurm-${SLURM_ARRAY_JOB_ID:-0}-${SLURM_ARRAY_TASK_ID}"
told=
trap 'told=1; kill -TERM "$worker" || true' TERM INT
while true; do
    "${run[@]}" worker --join "$folder" --id "$name" --wait 30m &
    worker=$! code=0
    wait "$worker" || code=$?
    while kill -0 "$worker" 2>/dev/null; do # a signal has interrupted the wait, but not yet ended the worker
        code=0
        wait "$worker" || code=$?
    done
    # 1: the coordinator is gone and may be requeued; 0: the search has ended; 2: it was refused, or no coordinator came
    [[ -z "$told" && $code == 1 ]] || exit "$code"
done
