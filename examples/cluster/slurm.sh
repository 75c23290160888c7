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
#SBATCH --signal=TERM@60
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
exec "${run[@]}" worker --join "$folder" --id "slurm-${SLURM_ARRAY_JOB_ID:-0}-${SLURM_ARRAY_TASK_ID}" --wait 30m
