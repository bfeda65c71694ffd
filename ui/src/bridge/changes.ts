// The one listener of what the core says: stale topics, freshness, opened files.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { events, type Progress } from "../bindings";
import { keys, staleKeys } from "./keys";

/** Listens as long as the window lives; `onOpened` and `onPhoto` run when files were dropped or opened from outside. */
export function useChanges(onOpened: () => void, onPhoto: (id: string) => void) {
  const client = useQueryClient();
  // Both change with every step to another screen; to listen anew for that would miss what is said meanwhile.
  const told = useRef({ onOpened, onPhoto });
  useEffect(() => {
    told.current = { onOpened, onPhoto };
  });
  useEffect(() => {
    const stops = [
      events.changed.listen(({ payload }) => {
        const stale = payload.topics.flatMap((topic) => staleKeys[topic]);
        for (const queryKey of stale) void client.invalidateQueries({ queryKey });
      }),
      events.syncChanged.listen(({ payload }) => client.setQueryData(keys.sync, payload)),
      events.documentsOpened.listen(() => {
        void client.invalidateQueries({ queryKey: keys.documentList });
        told.current.onOpened();
      }),
      events.photoOpened.listen(({ payload }) => told.current.onPhoto(payload.id)),
    ];
    return () => {
      for (const stop of stops) void stop.then((end) => end());
    };
  }, [client]);
}

/** Follows long work while a component shows it. */
export function useProgress(onProgress: (progress: Progress) => void) {
  useEffect(() => {
    const stop = events.progress.listen(({ payload }) => onProgress(payload));
    return () => void stop.then((end) => end());
  }, [onProgress]);
}
