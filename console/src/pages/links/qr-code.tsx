import { useEffect, useState } from "react";
import { useSelection } from "../../api/index.ts";
import { Button, ErrorNote, Row, Skeleton, Stack } from "../../ui/index.ts";
import styles from "./links.module.css";

/** Props of the code. */
export interface QrCodeProps {
  /** Where the API has it. */
  readonly path: string;
  /** What a file of it is called. */
  readonly name: string;
  /** What it says. */
  readonly url: string;
}

const CALL = "/console/api/call";
const PRINT_PX = 1_024;

/** The code of a link that cameras read, to look at and to keep. */
export function QrCode({ path, name, url }: QrCodeProps) {
  const { account } = useSelection();
  const [image, setImage] = useState<string>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let isGone = false;
    let made: string | undefined;
    readImage(`${path}?Format=svg`, account)
      .then((blob) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setImage(made);
      })
      .catch((thrown: unknown) => setError(thrown));
    return () => {
      isGone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [path, account]);
  const save = async (format: "svg" | "png"): Promise<void> => {
    const blob = await readImage(`${path}?Format=${format}&Size=${PRINT_PX}`, account);
    const address = URL.createObjectURL(blob);
    const anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = `${name}.${format}`;
    anchor.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Stack>
      <ErrorNote error={error} />
      {image === undefined && error === undefined && <Skeleton height={168} />}
      {image !== undefined && <img className={styles.qr} src={image} alt={`QR code of ${url}`} />}
      <Row gap="s">
        <Button size="s" onPress={() => void save("svg").catch(setError)}>
          Save as SVG
        </Button>
        <Button size="s" onPress={() => void save("png").catch(setError)}>
          Save as PNG
        </Button>
      </Row>
    </Stack>
  );
}

/** The client reads JSON alone; this is an image. */
async function readImage(path: string, account: string | undefined): Promise<Blob> {
  const response = await fetch(CALL + path, {
    headers: account === undefined ? {} : { "X-Account": account },
    credentials: "same-origin",
  });
  if (!response.ok) throw new Error(`The code could not be made: status ${response.status}.`);
  return response.blob();
}
