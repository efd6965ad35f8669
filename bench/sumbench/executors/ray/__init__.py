"""Systems and metrics on a Ray cluster: pools of actors that load once and work on chunks and batches."""

from sumbench.executors.ray.cluster import Cluster
from sumbench.executors.ray.executor import RayExecutor

__all__ = ["Cluster", "RayExecutor"]
