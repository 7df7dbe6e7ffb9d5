import type { Clock } from "../runtime/clock.ts";
import type { EventBus, Gap } from "../take/bus.ts";
import type { PublishedEvent } from "../events.ts";
import type { Redactor } from "./redact.ts";

/** Time between two heartbeats; proxies commonly cut a connection that is silent for 60 s. */
export const HEARTBEAT_MS = 15_000;

/** What a browser waits before it connects again. */
const RETRY_MS = 1_000;

/** What an event stream needs; see {@linkcode eventStream}. */
export interface EventStreamOptions {
  readonly events: EventBus;
  readonly clock: Clock;
  /** The last id the reader has seen; without it only what comes from now on is told. */
  readonly afterId?: number;
  /** Ends the stream, with one last event of type `ended`: a reader must not take an end for a loss. */
  readonly signal: AbortSignal;
  /** The last event's data as JSON: how everything was left. */
  readonly left: () => string;
  /** Takes out of an event what nobody outside should read. */
  readonly redactor: Redactor;
  /** Called once, when the stream is over, whichever side ended it. */
  readonly onEnd: () => void;
}

/**
 * The events as a body of type `text/event-stream`. It asks the bus for the next event only when the
 * connection has taken the last one, so a slow reader holds one or two messages here and a place in the
 * bus's ring. (Hono's SSE helper swallows write errors and cannot tell a reader that is stuck.) A reader
 * that takes nothing between two heartbeats is dropped: it can come back with its last id.
 */
export function eventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { clock, afterId, events, redactor } = options;
  const ended = new AbortController();
  const stream = events.subscribe({
    signal: ended.signal,
    ...(afterId === undefined ? {} : { afterId }),
  });
  const reader = stream[Symbol.asyncIterator]();
  let isBlocked = false;

  function end(controller?: ReadableStreamDefaultController): void {
    if (ended.signal.aborted) return;
    ended.abort();
    controller?.close();
    options.onEnd();
  }

  /** Keeps the connection warm, and ends it when nothing was taken since the beat before. */
  async function beat(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (!ended.signal.aborted) {
      const isEmpty = (controller.desiredSize ?? 0) > 0;
      if (isEmpty) controller.enqueue(encoder.encode(": still here\n\n"));
      else if (isBlocked) return end(controller);
      isBlocked = !isEmpty;
      await clock.sleep(HEARTBEAT_MS, ended.signal).catch(() => {}); // rejects only at the end
    }
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
      const stop = () => {
        controller.enqueue(encoder.encode(`event: ended\ndata: ${options.left()}\n\n`));
        end(controller);
      };
      options.signal.addEventListener("abort", stop, { once: true });
      ended.signal.addEventListener("abort", () => {
        options.signal.removeEventListener("abort", stop);
      });
      if (options.signal.aborted) return stop();
      beat(controller);
    },
    async pull(controller) {
      isBlocked = false;
      const { value, done } = await reader.next();
      if (done) end(controller);
      else if (!ended.signal.aborted) controller.enqueue(messageOf(value, redactor));
    },
    cancel() {
      end();
    },
  });
}

const encoder = new TextEncoder();

/** Messages of events that are still held somewhere: made once, for however many readers. */
const messages = new WeakMap<PublishedEvent | Gap, Uint8Array>();

function messageOf(event: PublishedEvent | Gap, redactor: Redactor): Uint8Array {
  const known = messages.get(event);
  if (known !== undefined) return known.slice(); // the stream may take the buffer away
  const data = redactor.json(event);
  const message = encoder.encode(`id: ${event.id}\nevent: ${event.type}\ndata: ${data}\n\n`);
  messages.set(event, message);
  return message.slice();
}
