/** What an operator's word forbids: nothing goes while a take is paused, and never again once it is cancelled. */
import type { DurableEvent } from "../../src/events.ts";
import type { Life } from "./life.ts";
import type { KnownTake } from "./takes.ts";
import type { World } from "./world.ts";

/** Hooks of one process. */
export interface OperationChecks {
  /** A request to the API begins. */
  asks(url: string, method: string): void;
  putBegins(url: string): void;
  putEnds(url: string): void;
  /** Everything is quiet between two steps. */
  step(): void;
}

/** Facts with which something begins; in a pause nothing does. */
const BEGINNINGS = new Set(["asset.requested", "part.planned", "part.started"]);

/** What may still be written of a cancelled take: answers that crossed the word on their way. */
const CROSSINGS = new Set(["take.cancelled", "asset.created", "part.stored", "part.changed"]);

/** A row has reached the disk; its take is as it is with it. */
export function checkOperatedRow(world: World, take: KnownTake, { type }: DurableEvent): void {
  if (take.cancelledAtMs !== null && !CROSSINGS.has(type)) {
    world.violate(`${type} of a cancelled take`);
  }
  if (take.pausedAtMs !== null && BEGINNINGS.has(type)) world.violate(`${type} of a paused take`);
}

export function createOperationChecks(world: World, life: Life): OperationChecks {
  const { service, takes, schedule, violate } = world;
  const underWay = new Set<string>();

  function haltOf(assetId: string | undefined) {
    const take = [...takes.values()].find((take) => take.assetId === assetId);
    if (take === undefined) return null;
    const sinceMs = take.cancelledAtMs ?? take.pausedAtMs;
    const word = take.cancelledAtMs === null ? "paused" : "cancelled";
    return sinceMs === null ? null : { sinceMs, word };
  }

  return {
    asks(url, method) {
      const assetId = /\/assets\/([^/]+)\/realtime_upload\/parts$/.exec(new URL(url).pathname)?.[1];
      if (method !== "POST" || assetId === undefined || life.isDead) return;
      const halt = haltOf(assetId);
      if (halt !== null) violate(`parts of a ${halt.word} take are registered`);
    },
    putBegins(url) {
      underWay.add(url);
      const halt = life.isDead ? null : haltOf(service.partOfUrl(url)?.asset.id);
      if (halt !== null) violate(`a part of a ${halt.word} take is sent`);
    },
    putEnds: (url) => void underWay.delete(url),
    step() {
      for (const url of underWay) {
        const halt = haltOf(service.partOfUrl(url)?.asset.id);
        if (halt !== null && halt.sinceMs < schedule.nowMs) {
          violate(`a part of a ${halt.word} take is still on its way`);
        }
      }
    },
  };
}
