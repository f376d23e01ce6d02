import { statfs } from "node:fs/promises";
import type { Metrics } from "./metrics.ts";

/** Shows how full the disk under each folder is. Read in the background: a disk that hangs must not hold up whoever asks for the metrics. */
export function watchDisks(metrics: Metrics, folders: Readonly<Record<string, string>>): void {
  const space = metrics.gauge({
    name: "trunkline_disk_octets",
    help: "Disk under a folder of ours: free for this user, and in all.",
    labels: ["folder", "of"],
  });
  const inodes = metrics.gauge(
    {
      name: "trunkline_disk_inodes",
      help: "Inodes of the disk under a folder of ours: free, and in all. 0 where the file system has none to count.",
      labels: ["folder", "of"],
    },
    () => refresh(),
  );
  let isAsking = false;
  const refresh = (): void => {
    if (isAsking) return;
    isAsking = true;
    const asked = Object.entries(folders).map(async ([folder, path]) => {
      const { bavail, blocks, bsize, ffree, files } = await statfs(path);
      space.with({ folder, of: "free" }).set(bavail * bsize);
      space.with({ folder, of: "all" }).set(blocks * bsize);
      inodes.with({ folder, of: "free" }).set(ffree);
      inodes.with({ folder, of: "all" }).set(files);
    });
    void Promise.allSettled(asked).then(() => {
      isAsking = false;
    });
  };
  if (Object.keys(folders).length > 0) refresh();
}
