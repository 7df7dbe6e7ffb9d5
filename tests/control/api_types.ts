/**
 * The control API as a client sees it: made from its own document, by
 *
 *   npx openapi-typescript@7.13.0 http://127.0.0.1:8090/openapi.json -o tests/control/api_types.ts
 *
 * Only these lines are written by hand, and deno fmt goes over it.
 */

export interface paths {
  "/api/takes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Every take of this run, and how the whole machine is */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The takes, in the order they began. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Takes"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    /** Watch one more recording, below a folder that the command line allows */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["NewTake"];
        };
      };
      responses: {
        /** @description It is watched already. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TakeState"];
          };
        };
        /** @description It is watched from now on. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TakeState"];
          };
        };
        /** @description The body is not JSON. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The body was not in after 10 s. */
        408: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The body is not said to be JSON. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The request does not fit its schema, or the recording cannot be watched. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          /** @description Too many event streams are open, or too many bodies are waited for. */
          503: {
            headers: {
              [name: string]: unknown;
            };
            content: {
              "application/problem+json": components["schemas"]["Problem"];
            };
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/takes/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One take: parts, timeline, evidence of its end, errors */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The take. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TakeDetail"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description There is no such take. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/takes/{id}/{operation}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Do something with a take; asking twice does no harm */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
          operation: "finish" | "pause" | "resume" | "cancel" | "retry" | "prioritise";
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description It is so already. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TakeState"];
          };
        };
        /** @description It is done, or begun. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["TakeState"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description There is no such take. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The take's state does not allow it; `state` names it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What happens, as server-sent events; every event has a number
     * @description Without a number only what comes from now on is told. With the last number that was seen (Last-Event-ID, or since) the stream goes on after it; where events are no longer held, an event of type events.missed comes first: read GET /api/takes then. When reeltime ends, the last event is of type ended, without a number: its data are those of GET /api/takes, as it left them. A reader that takes nothing for 30 s is dropped.
     */
    get: {
      parameters: {
        query?: {
          since?: string;
        };
        header?: {
          "last-event-id"?: string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Events: id, event (the type) and data (JSON). */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "text/event-stream": string;
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many event streams are open, or too many bodies are waited for. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/limits": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Bandwidth and parallel PUTs of all takes together */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The limits. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Limits"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /** Change the limits; they hold at once */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          "application/json": components["schemas"]["LimitsChange"];
        };
      };
      responses: {
        /** @description The limits as they hold now. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Limits"];
          };
        };
        /** @description The body is not JSON. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The body was not in after 10 s. */
        408: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The body is not said to be JSON. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The request does not fit its schema, or the recording cannot be watched. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          /** @description Too many event streams are open, or too many bodies are waited for. */
          503: {
            headers: {
              [name: string]: unknown;
            };
            content: {
              "application/problem+json": components["schemas"]["Problem"];
            };
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    trace?: never;
  };
  "/api/health": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether reeltime answers, and how the machine is */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description It answers. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["Health"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/history": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Takes that came to their end, newest first, of earlier runs too */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description At most 200 takes. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/json": components["schemas"]["History"];
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/metrics": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Figures in Prometheus' text format */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Figures. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "text/plain": string;
          };
        };
        /** @description The control token or a login is missing, wrong or over. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Another site's page asked, or the path lies outside the allowed folders. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description The Host header is not one of this server's names. */
        421: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
        /** @description Too many wrong tokens from there. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            "application/problem+json": components["schemas"]["Problem"];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Takes: {
      machine: components["schemas"]["Machine"];
      takes: components["schemas"]["Take"][];
    };
    Machine: {
      /** @enum {string} */
      tone: "green" | "amber" | "red";
      /** @enum {string} */
      word: "Ready" | "Live" | "Safe" | "Test" | "Watch" | "Act";
      why: string;
      sandbox: boolean;
      takeId: string | null;
      behindSeconds: number | null;
      rateBytesPerSecond: number;
      diskFullInSeconds: number | null;
    };
    Take: {
      id: string;
      name: string;
      path: string;
      /** @enum {string} */
      phase:
        | "waiting"
        | "recording"
        | "quiet"
        | "verifying"
        | "finalizing"
        | "finalized"
        | "paused"
        | "suspended"
        | "cancelled"
        | "failed";
      words: string;
      sandbox: boolean;
      assetId: string | null;
      assetUrl: string | null;
      formerAssets: {
        assetId: string;
        reason: string;
      }[];
      recordedBytes: number;
      storedBytes: number;
      verifiedBytes: number;
      resentBytes: number;
      rateBytesPerSecond: number;
      rateTrend: number[];
      recordRateBytesPerSecond: number;
      behindSeconds: number | null;
      doneInSeconds: number | null;
      /** Format: date-time */
      playableAt: string | null;
      diskFullInSeconds: number | null;
      /** @enum {string|null} */
      endedBy: "operator" | "container" | "idle" | "writer_gone" | "abandoned" | "deleted" | null;
      endedByWords: string | null;
      finishedByRecorder: boolean | null;
      tailSeconds: number | null;
      verified: boolean;
      problem: string | null;
      canFinish: boolean;
      prioritised: boolean;
      operations: ("finish" | "pause" | "resume" | "cancel" | "retry" | "prioritise")[];
      partCount: number;
      resentPartCount: number;
      strip: components["schemas"]["PartRun"][];
    };
    PartRun: {
      from: number;
      to: number;
      /** @enum {string} */
      state: "registered" | "sending" | "stored" | "verified" | "changed";
      sizeBytes: number;
      /** @enum {boolean} */
      resent?: true;
    };
    Problem: {
      type: string;
      title: string;
      status: number;
      detail: string;
      remedy: string;
    } & {
      [key: string]: unknown;
    };
    TakeDetail: {
      id: string;
      name: string;
      path: string;
      /** @enum {string} */
      phase:
        | "waiting"
        | "recording"
        | "quiet"
        | "verifying"
        | "finalizing"
        | "finalized"
        | "paused"
        | "suspended"
        | "cancelled"
        | "failed";
      words: string;
      sandbox: boolean;
      assetId: string | null;
      assetUrl: string | null;
      formerAssets: {
        assetId: string;
        reason: string;
      }[];
      recordedBytes: number;
      storedBytes: number;
      verifiedBytes: number;
      resentBytes: number;
      rateBytesPerSecond: number;
      rateTrend: number[];
      recordRateBytesPerSecond: number;
      behindSeconds: number | null;
      doneInSeconds: number | null;
      /** Format: date-time */
      playableAt: string | null;
      diskFullInSeconds: number | null;
      /** @enum {string|null} */
      endedBy: "operator" | "container" | "idle" | "writer_gone" | "abandoned" | "deleted" | null;
      endedByWords: string | null;
      finishedByRecorder: boolean | null;
      tailSeconds: number | null;
      verified: boolean;
      problem: string | null;
      canFinish: boolean;
      prioritised: boolean;
      operations: ("finish" | "pause" | "resume" | "cancel" | "retry" | "prioritise")[];
      partCount: number;
      resentPartCount: number;
      strip: components["schemas"]["PartRun"][];
      timeline: components["schemas"]["TimelineEntry"][];
      errors: components["schemas"]["TimelineEntry"][];
    };
    TimelineEntry: {
      id: number | null;
      /** Format: date-time */
      time: string;
      type: string;
      words: string;
    };
    TakeState: {
      id: string;
      state: string;
    };
    NewTake: {
      path: string;
    };
    Limits: {
      bytesPerSecond: number | null;
      lanes: number;
    };
    LimitsChange: {
      bytesPerSecond?: number | null;
      lanes?: number;
    };
    Health: {
      /** @enum {string} */
      status: "ok";
      version: string;
      /** Format: date-time */
      startedAt: string;
      uptimeSeconds: number;
      machine: components["schemas"]["Machine"];
    };
    History: {
      takes: components["schemas"]["FinishedTake"][];
    };
    FinishedTake: {
      id: string;
      name: string;
      assetId: string | null;
      assetUrl: string | null;
      /** Format: date-time */
      finalizedAt: string;
      sizeBytes: number;
      tailSeconds: number | null;
      /** @enum {string|null} */
      endedBy: "operator" | "container" | "idle" | "writer_gone" | "abandoned" | "deleted" | null;
      endedByWords: string | null;
      finishedByRecorder: boolean | null;
      verified: boolean;
      completed: boolean;
      proof: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
