// The way in for a photo: the system's dialog (a photo dropped on the window takes the same way).
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { commands } from "../bindings";
import { call } from "../bridge/failure";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

/** Chooses a photo and goes to where it is worked on; `replaces` is the seal whose place it is to take. */
export function usePhotoChoice(replaces?: string) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () => call(commands.chooseSealPhoto()),
    onSuccess: (photo) =>
      photo && void navigate(`/seals/photo/${photo.id}${replaces ? `?replaces=${encodeURIComponent(replaces)}` : ""}`),
  });
}

export function UploadPhoto() {
  const { t } = useTranslation();
  const choose = usePhotoChoice();
  return (
    <>
      <Button
        variant="default"
        data-testid="upload-photo"
        title={t("photo.dropHint")}
        loading={choose.isPending}
        onClick={() => choose.mutate()}
      >
        {t("photo.upload")}
      </Button>
      {choose.isError && <FailureNote error={choose.error} />}
    </>
  );
}
