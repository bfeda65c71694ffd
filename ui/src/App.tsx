// The window's outermost part.
export function App() {
  return null;
}
