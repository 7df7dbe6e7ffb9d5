import { parseCommand } from "./src/cli/args.ts";
import { runDemo } from "./src/cli/demo_command.ts";
import { runProgram } from "./src/cli/program.ts";
import { runSandbox } from "./src/cli/sandbox_command.ts";
import { systemSurroundings } from "./src/cli/surroundings.ts";
import { DEMO_USAGE, SANDBOX_USAGE, USAGE, VERSION } from "./src/cli/usage.ts";
import { runWatch } from "./src/cli/watch_command.ts";

const USAGES = { watch: USAGE, sandbox: SANDBOX_USAGE, demo: DEMO_USAGE };

await runProgram(async ({ say, prepare, signal }) => {
  const command = parseCommand(Deno.args, systemSurroundings);
  switch (command.is) {
    case "help":
      say(USAGES[command.of].trimEnd());
      return 0;
    case "version":
      say(VERSION);
      return 0;
    case "watch":
      prepare(command.config);
      return await runWatch(command.config, signal);
    case "sandbox":
      await runSandbox(command, say, signal);
      return 0;
    case "demo":
      return await runDemo(command.seconds, say, signal);
  }
});
