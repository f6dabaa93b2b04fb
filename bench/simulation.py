"""``python -m bench.simulation``: what so many processes and people come to, by a model that rests on measured costs.

First the model runs the load that ``bench.scaling`` ran, so that both can be compared; then what 10,000 and 1,000,000
people ask in their busiest hour. A web process does one thing at a time; cores are shared; a model's answer takes no core.
"""

import random
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import simpy

from bench.__main__ import DELTAS, FIRST, GAP

SEED = 7
READS = 12  # in which the deltas of an answer come, as those of many answers are read together
HOUR = 3600.0
TURNS_A_DAY, BUSIEST_HOUR = 10, 0.15  # of a person; the share of a day's turns in its busiest hour


@dataclass(frozen=True)
class Costs:
    """Processor seconds of one turn of 60 deltas, as ``bench.scaling`` prints them (times 0.06)."""

    web: float
    postgresql: float
    redis: float
    client: float = 0.0  # whatever makes the load, where it runs on the same cores
    before: float = 0.3  # the share of it all that is done before the model is asked


@dataclass
class House:
    """Web processes and the cores under them."""

    world: simpy.Environment
    costs: Costs
    processes: list[simpy.Resource]
    cores: simpy.Resource
    added: list[float] = field(default_factory=list)  # seconds to the first delta, over the model's

    def turn(self, number: int) -> Iterator[simpy.Event]:
        process, began, shares = self.processes[number % len(self.processes)], self.world.now, 1 - self.costs.before
        yield from self._spend(process, self.costs.before)
        yield self.world.timeout(FIRST)
        for read in range(READS):
            yield from self._spend(process, shares / READS)
            if read == 0:
                self.added.append(self.world.now - began - FIRST)
            yield self.world.timeout(GAP * DELTAS / READS)

    def _spend(self, process: simpy.Resource, share: float) -> Iterator[simpy.Event]:
        with process.request() as free:
            yield free
            yield from self._work(self.costs.web * share)
        yield from self._work((self.costs.postgresql + self.costs.redis + self.costs.client) * share)

    def _work(self, seconds: float) -> Iterator[simpy.Event]:
        with self.cores.request() as core:
            yield core
            yield self.world.timeout(seconds)


def built(costs: Costs, processes: int, cores: int) -> House:
    world = simpy.Environment()
    each = [simpy.Resource(world, 1) for _ in range(processes)]
    return House(world, costs, each, simpy.Resource(world, cores))


def closed(costs: Costs, processes: int, cores: int, streams: int, rounds: int) -> tuple[float, float]:
    """So many streams on each process, each asking again when answered: added ms (p50), and tokens per second."""
    house = built(costs, processes, cores)

    def person(number: int) -> Iterator[simpy.Event]:
        for _ in range(rounds):
            yield from house.turn(number)

    for number in range(streams * processes):
        house.world.process(person(number))
    house.world.run()
    return statistics.median(house.added) * 1000, streams * processes * rounds * DELTAS / house.world.now


def open_loop(costs: Costs, processes: int, cores: int, a_second: float, seconds: float = 60.0) -> list[float]:
    """Turns that begin at random: added ms at p50 and p95."""
    house, chance = built(costs, processes, cores), random.Random(SEED)

    def arrivals() -> Iterator[simpy.Event]:
        for number in range(int(a_second * seconds)):
            house.world.process(house.turn(number))
            yield house.world.timeout(chance.expovariate(a_second))

    house.world.process(arrivals())
    house.world.run()
    centiles = statistics.quantiles(house.added, n=20)
    return [centiles[9] * 1000, centiles[18] * 1000]


def main(web: float, postgresql: float, redis: float, client: float) -> None:
    """Processor seconds per 1,000 tokens."""
    costs = Costs(*(figure * DELTAS / 1000 for figure in (web, postgresql, redis, client)))
    print(f"{'processes':>10}{'added first ms (p50)':>22}{'tokens/s':>10}   as bench.scaling, on two cores")
    for processes in (1, 2, 4):
        added, tokens = closed(costs, processes, 2, streams=20, rounds=8)
        print(f"{processes:10}{added:22.1f}{tokens:10.0f}")
    alone = replace(costs, client=0.0)
    print(f"\n{'people':>10}{'turns/s':>9}{'processes':>11}{'cores':>7}{'added first ms: p50':>21}{'p95':>8}")
    for people in (10_000, 100_000, 1_000_000):
        a_second = people * TURNS_A_DAY * BUSIEST_HOUR / HOUR
        processes = max(2, round(a_second * alone.web / 0.5))  # half busy
        cores = max(2, round(a_second * (alone.web + alone.postgresql + alone.redis) / 0.6))
        p50, p95 = open_loop(alone, processes, cores, a_second)
        print(f"{people:10,}{a_second:9.1f}{processes:11}{cores:7}{p50:21.1f}{p95:8.1f}")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
