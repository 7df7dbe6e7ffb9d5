import { accountCommands } from "./src/cli/account_commands.ts";
import { runDemo } from "./src/cli/demo_command.ts";
import { runProgram } from "./src/cli/program.ts";
import { readCommand } from "./src/cli/read_command.ts";
import { runRemote } from "./src/cli/remote_command.ts";
import { runSandbox } from "./src/cli/sandbox_command.ts";
import { systemSurroundings } from "./src/cli/surroundings.ts";
import { DEMO_USAGE, SANDBOX_USAGE, UPLOAD_USAGE, USAGE, VERSION } from "./src/cli/usage.ts";
import { runWatch } from "./src/cli/watch_command.ts";

const USAGES = { watch: USAGE, upload: UPLOAD_USAGE, sandbox: SANDBOX_USAGE, demo: DEMO_USAGE };

await runProgram(async ({ say, signal }) => {
  const [name = "", ...rest] = Deno.args;
  if (Object.hasOwn(accountCommands, name)) {
    return await accountCommands[name]!(rest, systemSurroundings(), say, signal);
  }
  const command = await readCommand(Deno.args);
  switch (command.is) {
    case "help":
      say(USAGES[command.of].trimEnd());
      return 0;
    case "version":
      say(VERSION);
      return 0;
    case "watch":
    case "upload":
      return await runWatch(command.config, signal);
    case "remote":
      return await runRemote(command, say, signal);
    case "sandbox":
      await runSandbox(command, say, signal);
      return 0;
    case "demo":
      return await runDemo(command.seconds, say, signal);
  }
});
