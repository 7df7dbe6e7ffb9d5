/**
 * A terminal as far as the display uses one: it wraps, scrolls, moves up, clears, and wraps its lines
 * again when it becomes narrower. Every character is one column wide. Anything else that looks like an
 * escape sequence is an error.
 */
export function virtualScreen(columns: number, rows: number) {
  let lines = [""];
  let row = 0;
  let column = 0;
  let wraps = true;

  function top() {
    return Math.max(0, lines.length - rows);
  }

  function put(char: string) {
    if (column === columns) {
      if (!wraps) column--;
      else {
        row++;
        column = 0;
      }
    }
    const line = (lines[row] ?? "").padEnd(column);
    lines[row] = line.slice(0, column) + char + line.slice(column + 1);
    column++;
  }

  return {
    write(text: string) {
      // deno-lint-ignore no-control-regex
      for (const [piece, up] of text.matchAll(/\x1b\[(\d+)A|\x1b\[\?7[lh]|\x1b\[[KJ]|[^]/g)) {
        if (up !== undefined) row = Math.max(top(), row - Number(up));
        else if (piece === "\x1b[?7l") wraps = false;
        else if (piece === "\x1b[?7h") wraps = true;
        else if (piece === "\x1b[K") lines[row] = lines[row]!.slice(0, column);
        else if (piece === "\x1b[J") lines = [...lines.slice(0, row), lines[row]!.slice(0, column)];
        else if (piece === "\r") column = 0;
        else if (piece === "\n") lines[++row] ??= "";
        else if (piece < " " || piece === "\x7f") {
          throw new Error(`control ${JSON.stringify(piece)}`);
        } else put(piece);
      }
    },
    /** Becomes another size; lines that are now too long are wrapped again, as tmux and others do. */
    resize(nextColumns: number, nextRows: number) {
      const wrapped = lines.map((line) =>
        line.match(new RegExp(`.{1,${nextColumns}}`, "g")) ?? [""]
      );
      row = wrapped.slice(0, row).flat().length;
      lines = wrapped.flat();
      columns = nextColumns;
      rows = nextRows;
    },
    /** What can be seen now, without trailing empty lines. */
    visible: () => lines.slice(top()).join("\n").trimEnd().split("\n"),
    /** Everything that was ever printed and not cleared. */
    everything: () => lines.join("\n").trimEnd().split("\n"),
  };
}
