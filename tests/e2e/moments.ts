/** Moments to be killed at. Each is reached by holding a call at the proxy, never by luck of timing. */
import type { PublishedEvent } from "../../src/events.ts";
import { ANY_PORT, pageOf } from "./desk.ts";
import { type Program, until } from "./program.ts";
import type { Proxy } from "./proxy.ts";

/** A moment to be killed at. */
export interface Moment {
  /** The recording's name, and the moment's. */
  readonly name: string;
  /** Whether the recording is over when the program is killed; otherwise it grows meanwhile. */
  readonly isOver: boolean;
  readonly flags: readonly string[];
  /** Starts what brings the program to the moment; resolves when it is there. */
  reach(scene: Scene): Promise<void>;
  /** Assets that the kill leaves behind beside the right one. */
  readonly strays?: number;
}

/** What a moment is reached with. */
export interface Scene {
  readonly proxy: Proxy;
  /** Starts the program with the moment's flags. */
  readonly start: () => Program;
}

const stored = (number: number) => (event: PublishedEvent) =>
  event.type === "part.stored" && event.number === number;

/** Every moment, by the words that follow "killed". */
export const MOMENTS: Readonly<Record<string, Moment>> = {
  "before the asset": {
    name: "before_asset.mov",
    isOver: false,
    flags: [],
    async reach({ proxy, start }) {
      const create = proxy.hold(/^create$/, "before");
      start();
      await create.arrived;
    },
  },
  "when the asset is created and the program does not know": {
    name: "lost_asset.mov",
    isOver: false,
    flags: [],
    strays: 1,
    async reach({ proxy, start }) {
      const create = proxy.hold(/^create$/, "after");
      start();
      await create.arrived;
    },
  },
  "during parts, one on its way and one stored without our knowledge": {
    name: "during_parts.mov",
    isOver: false,
    flags: ["--json"],
    async reach({ proxy, start }) {
      const sent = [proxy.hold(/^put 4$/, "before"), proxy.hold(/^put 5$/, "after")];
      const program = start();
      await Promise.all(sent.map(({ arrived }) => arrived));
      for (const number of [2, 3, 6]) await program.event(stored(number));
    },
  },
  "when parts are registered and the program does not know": {
    name: "lost_registration.mov",
    isOver: false,
    flags: [],
    async reach({ proxy, start }) {
      const register = proxy.hold(/^register/, "after");
      start();
      await register.arrived;
    },
  },
  "between registration and PUT": {
    name: "before_put.mov",
    isOver: false,
    flags: ["--json", "--lanes", "1"],
    async reach({ proxy, start }) {
      const put = proxy.hold(/^put 2$/, "before");
      const program = start();
      await put.arrived;
      await program.event((event) => event.type === "part.registered" && event.number === 5);
    },
  },
  "during verification": {
    name: "verify.mov",
    isOver: true,
    flags: ANY_PORT,
    async reach({ proxy, start }) {
      const head = proxy.hold(/^put 1$/, "before"); // read again is what is stored: not yet all
      const program = start();
      const page = await pageOf(program);
      await head.arrived;
      await until("some bytes are verified", async () => {
        const { takes: [take] } = await (await fetch(`${page}/api/takes`)).json();
        return take.phase === "verifying" && take.verifiedBytes > 0;
      });
    },
  },
  "between final registration and final PUT": {
    name: "before_final_put.mov",
    isOver: true,
    flags: [],
    async reach({ proxy, start }) {
      const register = proxy.hold(/^register \d+ final$/, "after");
      start();
      await register.arrived;
    },
  },
  "when the final PUT is on its way": {
    name: "final_put.mov",
    isOver: true,
    flags: [],
    async reach({ proxy, start }) {
      const put = proxy.hold(/^put \d+ final$/, "before");
      start();
      await put.arrived;
    },
  },
  "when the final part is stored and the program does not know": {
    name: "lost_final_put.mov",
    isOver: true,
    flags: [],
    async reach({ proxy, start }) {
      const put = proxy.hold(/^put \d+ final$/, "after");
      start();
      await put.arrived;
    },
  },
};
