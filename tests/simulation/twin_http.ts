import { Unavailable } from "../../src/errors.ts";
import type { Http, HttpAnswer } from "../../src/runtime/http.ts";
import type { Life } from "./life.ts";
import type { Network } from "./network.ts";
import { type Answer, type Service, TOKEN } from "./service.ts";

/** Short requests of a simulated process. */
export function twinHttp(life: Life, network: Network, service: Service): Http {
  return {
    request: (request) =>
      life.pass(async () => {
        request.signal.throwIfAborted();
        const { pathname } = new URL(request.url);
        const { method, headers, body = "" } = request;
        const carryOut = () => service.api(method, pathname, headers, body);
        const fail = (reason: string, notCarriedOut = false) =>
          new Unavailable(`Cannot reach api.sim: ${reason}`, "network", { notCarriedOut });
        const fate = network.weather.fateOf("api");
        network.note(`${method} ${pathname} ${body} ${fate.is}`);
        const line = network.open(life, request.signal);
        try {
          const upMs = network.delayMs();
          if (fate.is === "stalled") {
            await line.pass(request.timeoutMs);
            throw fail(`no answer within ${request.timeoutMs} ms`);
          }
          if (fate.is === "refused") {
            await line.pass(upMs);
            throw fail("connection refused", true);
          }
          if (fate.is === "lost") {
            await line.pass(upMs);
            throw fail("the connection failed");
          }
          if (fate.is === "answered") {
            await line.pass(upMs);
            // A refusal that repeats the token repeats the one that it was given.
            const token = headers.authorization?.replace("Bearer ", "") ?? "";
            return httpAnswer(
              { ...fate.answer, text: fate.answer.text.replaceAll(TOKEN, token) },
              fate.headers,
            );
          }
          // It is under way now, whatever becomes of the process that sent it.
          let answer: Answer | null = null;
          life.schedule.after(upMs, null, () => void (answer = carryOut()));
          if (fate.is === "twice") {
            life.schedule.after(upMs + network.delayMs(), null, () => void (answer = carryOut()));
          }
          await line.pass(3 * upMs + 1000 * Number(fate.is === "twice"));
          if (fate.is === "unseen") throw fail("the connection failed");
          return httpAnswer(answer!, answer!.headers ?? {});
        } finally {
          line.close();
        }
      }),
  };
}

function httpAnswer({ status, text }: Answer, headers: Record<string, string>): HttpAnswer {
  return { status, text, headers: new Headers(headers) };
}
