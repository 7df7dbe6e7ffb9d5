/** The version that --version, the page and the API name. */
export const VERSION = "0.1.0";

/** What --help prints for the main command. */
export const USAGE = `reeltime ${VERSION}: uploads a recording to Frame.io while it grows

  deno run -A main.ts --watch PATH [--watch PATH…]    upload recordings while they grow
  deno run -A main.ts upload FILE…                    upload files that are whole
  deno run -A main.ts pair | login | logout           credentials: a device, Adobe's login, their end
  deno run -A main.ts browse [ID] | status ASSET      look around in Frame.io
  deno run -A main.ts doctor                          find out where the way to Frame.io ends
  deno run -A main.ts sandbox [options]               a stand-in for Frame.io as its own server
  deno run -A main.ts demo                            watch it work, without an account
Each has a --help of its own.

PATH may not exist yet. The program exits when every take has ended.

  --watch PATH        a recording to upload; may be given several times
  --name NAME         name of the asset, with an extension (default: the file's name)
  --sandbox           use the embedded stand-in for Frame.io, in this process, without an account
  --api URL           API base, default https://api.frame.io
  --route WAY         device, user, v4 or auto: the way into Frame.io; auto, the default, takes the
                      one that the credentials at hand allow
  --folder ID         folder or root asset to upload into; or environment FRAMEIO_FOLDER,
                      or "folder" in config.json of the state folder. A device takes none
  --folder-path PATH  folders below it, made where they are missing: 'Day 3/A-Cam'
  --account ID        V4 account of the folder; or environment FRAMEIO_ACCOUNT (default: looked for)
  --token-file FILE   file that holds a developer token; or environment FRAMEIO_TOKEN
  --ims URL           Adobe's identity service (default: the one that login was made at)
  --state DIR         folder of the journal (default: this system's place for program state)
  --listen HOST:PORT  status page and control API, default 127.0.0.1:8090
  --no-listen         no status page
  --control-token-file FILE
                      file that holds the token of the status page and control API; or environment
                      REELTIME_CONTROL_TOKEN. Needed where --listen is more than this machine
  --public-host NAME[:PORT]
                      name under which a proxy with TLS in front serves the page; may be given
                      several times. Needs the control token
  --allow-root DIR    folder whose recordings may be added over the control API, beside those of
                      the --watch files; may be given several times
  --lanes N           parallel PUTs, 1 to 32, default 5
  --idle SECONDS      quiet time that ends a recording whose format has no end mark, or whose
                      writer is known to be gone; default 60
  --abandon SECONDS   quiet time after which a recording that still says "open" is taken for
                      dead; default 3600
  --stay              keep running when the takes have ended, and take further ones
  --correct           upload a recording that is changed after it was finalized once more, as a
                      new asset named "NAME (corrected)"
  --json              one JSON event a line on stdout instead of the progress display
  --help, --version

While it runs: f ends a take at its present size, r resumes what is paused, Ctrl-C suspends; the
same command goes on.
Exit status: 0 every take finalized and verified; 1 a take failed; 2 bad usage or configuration;
3 all bytes stored and verified, but a recorder never finished its file, also where another take was
given up; 4 a take was given up, all others are as for 0; 130 interrupted. A take that was paused
stays paused until it is resumed, by r, on the status page or through the API, and the program waits
for that.
`;

/** What `upload --help` prints. */
export const UPLOAD_USAGE = `reeltime upload: uploads files that are whole

  deno run -A main.ts upload FILE…
  deno run -A main.ts upload --url https://… --name NAME

  --name NAME         name of the asset, with an extension (default: the file's name)
  --url URL           has Frame.io fetch the file from there, and follows it to its end; without
                      --json, --lanes, --idle and --listen, which are about files of this machine
  --sandbox, --api, --folder, --folder-path, --account, --route, --token-file, --state, --lanes,
  --json              as in reeltime --help
  --listen HOST:PORT  a status page; default none
  --control-token-file, --public-host   of that page, as in reeltime --help
  --idle SECONDS      how long a file must stand still to be taken as it is; default 2
  --help

The same command goes on after an interruption. Exit status as in reeltime --help; 3: a file was
uploaded and verified, but its recorder never finished it.
`;

/** What `sandbox --help` prints. */
export const SANDBOX_USAGE = `reeltime sandbox: a stand-in for Frame.io as its own server

  deno run -A main.ts sandbox --listen HOST:PORT --dir DIR [--s3 URL --bucket NAME]

  --listen HOST:PORT  where to listen, default 127.0.0.1:8091; port 0 takes any free one
  --dir DIR           folder for assets and parts; kept between runs
  --s3 URL            a real S3 server that takes the parts, as http://HOST:PORT; its keys are in
                      AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (if any) and
                      AWS_REGION (default us-east-1)
  --bucket NAME       the bucket there
  --url-life SECONDS  life of a presigned URL, default 86400
  --refuse-again      answer 400 whenever a registered part is asked for again
  --help

The API accepts the token "sandbox"; the root folder's id is "root". Devices pair with the client
secret "sandbox-secret", and logins take it too. What it holds is listed under /sandbox/assets, and a
complete file is at /sandbox/assets/ID/file. What people do in Frame.io is done by POST, as JSON:
/sandbox/pairing/approve {"user_code":"…"}, /sandbox/channel {"paused":true}, /sandbox/tokens/expire.
`;

/** What `demo --help` prints. */
export const DEMO_USAGE =
  `reeltime demo: the main job, with a built-in camera and the embedded stand-in

  deno run -A main.ts demo [--seconds N]

  --seconds N         length of the recording, 2 to 600, default 12
  --help

Records a real MOV at about 8 MB/s into a temporary folder, uploads it while it grows, and proves at
the end that both sides hold the same bytes.
`;
