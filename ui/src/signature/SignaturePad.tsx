// Where a signature is written: pen, finger or mouse; the strokes belong to whoever shows the pad.
import { memo, type PointerEvent as Pointed, useRef, useState } from "react";
import type { PenStrokeInput } from "../bindings";
import { coalesced, outline, PAD, point, tellsPressure } from "./pen";

type Props = {
  label: string;
  hint: string;
  strokes: PenStrokeInput[];
  pen: number;
  ink: string;
  onStroke: (stroke: PenStrokeInput) => void;
};

/** The stroke being written: by which pointer, since when. */
type Writing = { pointer: number; kind: string; began: number; stroke: PenStrokeInput };

export function SignaturePad({ label, hint, strokes, pen, ink, onStroke }: Props) {
  const [now, setNow] = useState<PenStrokeInput | null>(null);
  const writing = useRef<Writing | null>(null);
  const add = (open: Writing, event: Pointed<SVGSVGElement>, natives: PointerEvent[]) => {
    const pad = event.currentTarget.getBoundingClientRect();
    const { pressure, points } = open.stroke;
    open.stroke = {
      pressure: pressure || natives.some(tellsPressure),
      points: [...points, ...natives.map((one) => point(one, pad, open.began))],
    };
    setNow(open.stroke);
  };
  const begin = (event: Pointed<SVGSVGElement>) => {
    // The palm lies on the screen before the pen does: then the pen is meant.
    const palm = event.pointerType === "pen" && writing.current?.kind === "touch";
    if (event.button !== 0 || (writing.current && !palm)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { pointerId: pointer, pointerType: kind, timeStamp: began } = event;
    writing.current = { pointer, kind, began, stroke: { pressure: false, points: [] } };
    add(writing.current, event, [event.nativeEvent]);
  };
  const go = (event: Pointed<SVGSVGElement>) => {
    const open = writing.current;
    const natives = coalesced(event.nativeEvent);
    if (open?.pointer === event.pointerId && natives.length > 0) add(open, event, natives);
  };
  const end = (event: Pointed<SVGSVGElement>, kept: boolean) => {
    const open = writing.current;
    if (open?.pointer !== event.pointerId) return;
    writing.current = null;
    setNow(null);
    if (kept) onStroke(open.stroke);
  };
  return (
    <div className="signpad">
      <svg
        data-testid="signature-pad"
        data-strokes={strokes.length}
        role="img"
        aria-label={label}
        viewBox={`0 0 ${PAD.width} ${PAD.height}`}
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={(event) => end(event, true)}
        onPointerCancel={(event) => end(event, false)}
      >
        <line className="signline" x1={60} x2={PAD.width - 60} y1={270} y2={270} />
        {strokes.length === 0 && !now && (
          <text className="signhint" x={PAD.width / 2} y={190} textAnchor="middle">
            {hint}
          </text>
        )}
        {strokes.map((stroke, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: strokes are only added and taken away at the end.
          <Stroke key={index} stroke={stroke} pen={pen} ink={ink} />
        ))}
        {now && <Stroke stroke={now} pen={pen} ink={ink} />}
      </svg>
    </div>
  );
}

/** What was written before is not outlined again at every move of the pen. */
const Stroke = memo(({ stroke, pen, ink }: { stroke: PenStrokeInput; pen: number; ink: string }) => (
  <path d={outline(stroke, pen)} fill={ink} />
));
