// What Mantine is told about our look: one accent, our type, static style sheets.
import {
  Button,
  createTheme,
  Drawer,
  Input,
  Modal,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Switch,
  TextInput,
} from "@mantine/core";

/** Seal red is the only accent; everything else comes from `tokens.css`. */
export const theme = createTheme({
  primaryColor: "red",
  cursorType: "pointer",
  fontFamily: "var(--mantine-font-family)",
  defaultRadius: 7,
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ classNames: { root: "btn" } }),
    InputWrapper: Input.Wrapper.extend({ classNames: { label: "label", description: "hint" } }),
    Switch: Switch.extend({ classNames: { description: "inline-hint" } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { transitionDuration: 0 } }),
    // Scroll locking would write a style element at run time, which the content security policy refuses.
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        centered: true,
        radius: 10,
        size: 480,
        transitionProps: { duration: 0 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    }),
    Drawer: Drawer.extend({
      defaultProps: { lockScroll: false, position: "right", size: 460, transitionProps: { duration: 0 } },
    }),
    TextInput: TextInput.extend({ defaultProps: { autoComplete: "off", spellCheck: false } }),
    NumberInput: NumberInput.extend({ defaultProps: { autoComplete: "off" } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { autoComplete: "off" } }),
  },
});
