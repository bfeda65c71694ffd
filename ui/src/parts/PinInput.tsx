// The input of a PIN: six digits that live in the input itself and nowhere else.
import { TextInput } from "@mantine/core";
import { forwardRef } from "react";

type Props = { label: string; testId: string; autoFocus?: boolean; description?: string };

/** Uncontrolled on purpose: React never holds the digits. */
export const PinInput = forwardRef<HTMLInputElement, Props>(function PinInput(
  { label, testId, autoFocus, description },
  ref,
) {
  return (
    <TextInput
      ref={ref}
      label={label}
      description={description}
      type="password"
      inputMode="numeric"
      maxLength={6}
      autoComplete="off"
      data-autofocus={autoFocus || undefined}
      data-testid={testId}
      styles={{ input: { letterSpacing: "0.4em", fontSize: 18 } }}
      required
    />
  );
});

/** Takes the digits out of an input and empties it: they cross once. */
export function takePin(input: HTMLInputElement | null): string {
  if (input === null) return "";
  const digits = input.value;
  input.value = "";
  return digits;
}
