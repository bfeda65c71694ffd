// A page's picture: asked for once the page has come to rest; until it is there the page's number, a smaller picture or the former one.
import { useEffect, useState } from "react";

/** What is scrolled past faster than this is never asked for, in milliseconds. */
const REST_MS = 60;
/** A picture that newer ones pushed out is asked for once more after this time, in milliseconds. */
const AGAIN_MS = 500;

type Props = {
  page: number;
  address: string;
  /** A smaller picture of the same page, likely at hand. */
  below?: string;
  /** Said when the page cannot be drawn. */
  broken?: string;
};

/** One page for ever: give it the page as its key. */
export function PagePicture({ page, address, below, broken }: Props) {
  const [asked, setAsked] = useState({ address: "", tries: 0 });
  const [shown, setShown] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setAsked({ address, tries: 0 }), REST_MS);
    return () => window.clearTimeout(timer);
  }, [address]);
  useEffect(() => {
    if (asked.tries !== -1) return;
    const timer = window.setTimeout(() => setAsked({ address: asked.address, tries: 1 }), AGAIN_MS);
    return () => window.clearTimeout(timer);
  }, [asked]);
  const failed = () => setAsked(({ address, tries }) => ({ address, tries: tries === 0 ? -1 : 2 }));
  const former = shown !== "" && shown !== asked.address ? shown : undefined;
  const under = former ?? (shown === "" ? below : undefined);
  const wanted = asked.address !== "" && asked.tries >= 0 && asked.tries < 2;
  return (
    <>
      <span className="pageNumber" aria-hidden="true">
        {page}
      </span>
      {under && <img className="page" src={under} alt="" draggable={false} />}
      {wanted && (
        <img
          key={`${asked.address}#${asked.tries}`}
          className="page"
          data-page={page}
          data-drawn={shown === asked.address || undefined}
          src={asked.tries === 0 ? asked.address : `${asked.address}&again`}
          alt=""
          draggable={false}
          onLoad={() => setShown(asked.address)}
          onError={failed}
        />
      )}
      {asked.tries === 2 && broken && <p className="empty">{broken}</p>}
    </>
  );
}
