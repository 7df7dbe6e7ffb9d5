/** The real page over made-up takes: for the looks, and for states that are rare. */
import { Hono } from "hono";
import { pageAssets } from "../../src/control/page/assets.ts";
import { secureHeaders } from "../../src/control/security.ts";
import type { TakeView } from "../../src/control/view.ts";
import { answersOf } from "./page_scenes.ts";

/** A server of made-up takes on a free port. */
export interface Fixture extends AsyncDisposable {
  readonly url: string;
  /** Shows another scene from now on. */
  show(scene: string): void;
  /** Gives the scene's first take other figures from now on. */
  tune(over: Partial<TakeView>): void;
  /** What the page's buttons asked for: `operation id`. */
  readonly asked: string[];
  /** Refuses what buttons ask for, from now on. */
  refuse(): void;
  /** Tells the page that reeltime ends, with the scene as it is. */
  end(): void;
  /** Answers no request of the page any more, or again. */
  answer(isAnswering: boolean): void;
}

/** Starts the fixture; it has the page's own files and headers. */
export function startFixture(first: string): Fixture {
  const readers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  let scene = first;
  let over: Partial<TakeView> = {};
  const asked: string[] = [];
  let isRefusing = false;
  let isAnswering = true;
  const app = new Hono();
  app.use(secureHeaders());
  app.use("/api/*", async (c, next) => isAnswering ? await next() : c.body(null, 503));
  for (const { path, contentType, text } of pageAssets) {
    const body = text.replace("%VERSION%", "1.0.0");
    app.get(path, (c) => c.body(body, 200, { "Content-Type": contentType }));
  }
  app.get("/api/takes", (c) => c.json(answersOf(scene, over).takes));
  app.get("/api/takes/:id", (c) => {
    const detail = answersOf(scene).detailOf(c.req.param("id"));
    return detail ? c.json(detail) : c.notFound();
  });
  app.post("/api/takes/:id/:operation", (c) => {
    asked.push(`${c.req.param("operation")} ${c.req.param("id")}`);
    if (!isRefusing) return c.json({}, 202);
    const problem = { detail: "Cannot do that: it is over.", remedy: "Nothing to do." };
    return c.json(problem, 409, { "Content-Type": "application/problem+json" });
  });
  app.get("/api/history", (c) => c.json(answersOf(scene).history));
  app.get("/api/limits", (c) => c.json(answersOf(scene).limits));
  app.get("/api/events", (c) => {
    let reader: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => void readers.add(reader = controller),
      cancel: () => void readers.delete(reader),
    });
    return c.body(stream, 200, { "Content-Type": "text/event-stream" });
  });
  /** Says that something happened, so that the page reads again at once. */
  function tell(type = "part.stored", value: unknown = {}): void {
    for (const reader of readers) {
      const message = `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`;
      reader.enqueue(new TextEncoder().encode(message));
    }
  }
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    show(next) {
      scene = next;
      tell();
    },
    tune(next) {
      over = next;
      tell();
    },
    asked,
    refuse: () => void (isRefusing = true),
    end: () => tell("ended", answersOf(scene, over).takes),
    answer: (next) => void (isAnswering = next),
    [Symbol.asyncDispose]() {
      for (const reader of readers) reader.close();
      return server.shutdown();
    },
  };
}
