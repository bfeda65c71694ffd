// The input of a password: it lives in the input itself and nowhere else.
import { TextInput } from "@mantine/core";
import { forwardRef } from "react";

type Props = { label: string; testId: string; autoFocus?: boolean; description?: string };

/** Uncontrolled on purpose: React never holds the text. Take it with `takePin`. */
export const SecretInput = forwardRef<HTMLInputElement, Props>(function SecretInput(
  { label, testId, autoFocus, description },
  ref,
) {
  return (
    <TextInput
      ref={ref}
      label={label}
      description={description}
      type="password"
      autoComplete="off"
      data-autofocus={autoFocus || undefined}
      data-testid={testId}
      required
    />
  );
});
