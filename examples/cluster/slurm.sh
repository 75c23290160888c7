#!/usr/bin/env bash
# A search on a SLURM cluster: task 0 of the array coordinates, the others are workers.
#
#   sbatch examples/cluster/slurm.sh train.csv income /shared/runs/income 1h [more options of the search]
#
# The data and the job folder lie on a file system that all nodes see. More workers join a running search with
#   sbatch --array=1-8 examples/cluster/slurm.sh train.csv income /shared/runs/income 1h
#SBATCH --job-name=automl
#SBATCH --array=0-4
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=02:00:00
#SBATCH --requeue
# B: as nothing here is a step of srun, SLURM would otherwise signal nobody
#SBATCH --signal=B:TERM@60
# #SBATCH --gres=gpu:1
set -euo pipefail

data=$1 target=$2 folder=$3 limit=$4
run=(${AUTOML:-automl})

if [[ "${SLURM_ARRAY_TASK_ID:-0}" == 0 ]]; then
    if [[ -f "$folder/job.yaml" ]]; then
        # the coordinator was preempted and queued again: everything that was done is found
        exec "${run[@]}" resume "$folder"
    fi
    exec "${run[@]}" search "$data" --target "$target" --time "$limit" \
        --executor folder --out "$folder" "${@:5}"
fi

# the array's id names the worker, so one that is queued again gets its trial back
name="slurm-${SLURM_ARRAY_JOB_ID:-0}-${SLURM_ARRAY_TASK_ID}"
told=
trap 'told=1; kill -TERM "$worker" || true' TERM INT
while true; do
    "${run[@]}" worker --join "$folder" --id "$name" --wait 30m &
    worker=$! code=0
    wait "$worker" || code=$?
    while kill -0 "$worker" 2>/dev/null; do # a signal has ended the wait, not yet the worker
        code=0
        wait "$worker" || code=$?
    done
    # 1: the coordinator is gone, and may be queued again; 0: the search is over; 2: there is none to come
    [[ -z "$told" && $code == 1 ]] || exit "$code"
done
