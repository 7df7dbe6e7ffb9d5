// The sandbox's fixed world: accounts -> teams or workspaces -> projects -> folders. Its ids look like
// Frame.io's (UUIDs), but for the folder "root", whose id is meant to be typed.

/** Root folder of the project "Demo", and where a device's assets go. */
export const ROOT_FOLDER_ID = "root";

/** When everything fixed was made, ISO 8601. */
export const WORLD_CREATED_AT = "2026-01-05T09:00:00.000Z";

/** The one account. */
export const ACCOUNT = { id: "5a0d0b0c-0001-4000-8000-00000000a001", name: "Sandbox" } as const;

/** The one team of V2, which V4 calls a workspace: the same thing, with one id. */
export const TEAM = { id: "5a0d0b0c-0002-4000-8000-00000000b001", name: "Sandbox Team" } as const;

/** Whom the tokens belong to. */
export const USER = {
  id: "5a0d0b0c-0003-4000-8000-00000000c001",
  name: "Sandbox User",
  email: "sandbox@example.com",
} as const;

const DEMO_ID = "5a0d0b0c-0004-4000-8000-00000000d001";
const SECOND_ID = "5a0d0b0c-0004-4000-8000-00000000d002";
const SECOND_ROOT_ID = "5a0d0b0c-0005-4000-8000-00000000e001";
const DAY_1_ID = "5a0d0b0c-0006-4000-8000-00000000f001";

/** The projects, each with its root folder. */
export const PROJECTS = [
  { id: DEMO_ID, name: "Demo", rootFolderId: ROOT_FOLDER_ID },
  { id: SECOND_ID, name: "Second", rootFolderId: SECOND_ROOT_ID },
] as const;

/** The folders that are there from the start, parents before their children. */
export const FOLDERS = [
  { id: ROOT_FOLDER_ID, name: "Demo", parentId: null, projectId: DEMO_ID },
  { id: SECOND_ROOT_ID, name: "Second", parentId: null, projectId: SECOND_ID },
  { id: DAY_1_ID, name: "Day 1", parentId: ROOT_FOLDER_ID, projectId: DEMO_ID },
  {
    id: "5a0d0b0c-0006-4000-8000-00000000f002",
    name: "A-Cam",
    parentId: DAY_1_ID,
    projectId: DEMO_ID,
  },
  {
    id: "5a0d0b0c-0006-4000-8000-00000000f003",
    name: "B-Cam",
    parentId: DAY_1_ID,
    projectId: DEMO_ID,
  },
  {
    id: "5a0d0b0c-0006-4000-8000-00000000f004",
    name: "Day 2",
    parentId: ROOT_FOLDER_ID,
    projectId: DEMO_ID,
  },
] as const;
