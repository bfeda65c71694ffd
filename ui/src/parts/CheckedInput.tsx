// An input whose value the core checks while it is typed.
import { TextInput, type TextInputProps } from "@mantine/core";
import { useEffect, useState } from "react";
import { commands, type FieldCheckView, type FieldKind } from "../bindings";
import { call } from "../bridge/failure";
import { useTranslation } from "../words/words";

type Props = Omit<TextInputProps, "onChange" | "value" | "kind"> & {
  kind: FieldKind;
  value: string;
  onValue: (value: string) => void;
  testId?: string;
};

/** Says what is wrong a moment after typing pauses; nothing is said about an untouched field. */
export function CheckedInput({ kind, value, onValue, testId, ...rest }: Props) {
  const { t } = useTranslation();
  const [check, setCheck] = useState<FieldCheckView | null>(null);
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (value === "") {
      setCheck(null);
      return;
    }
    let live = true;
    const timer = setTimeout(() => {
      // The check only helps while typing; the core checks again when the form is sent.
      call(commands.checkField(kind, value)).then(
        (view) => live && setCheck(view),
        () => live && setCheck(null),
      );
    }, 250);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [kind, value]);
  const wrong =
    check && !check.ok
      ? t(`problem.${check.why ?? "format"}`)
      : touched && value === "" && rest.required
        ? t("problem.empty")
        : undefined;
  return (
    <TextInput
      {...rest}
      value={value}
      error={wrong}
      data-testid={testId}
      onBlur={() => setTouched(true)}
      onChange={(event) => onValue(event.currentTarget.value)}
    />
  );
}
