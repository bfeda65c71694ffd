// A failure of the core, thrown so that queries and mutations carry its code to the words.
import type { FailureCode, FailureView } from "../bindings";

/** What `call` throws: the code, its facts and the incident number under which the log has the rest. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly params: Record<string, string>;
  readonly incident: string;

  constructor(view: FailureView) {
    super(view.code);
    this.name = "Failure";
    this.code = view.code;
    this.params = view.params;
    this.incident = view.incident;
  }
}

/** Any thrown thing as a failure; what is not ours is a fault of the program. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure({ code: "internal", params: {}, incident: "" });
}

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: FailureView };

/** Waits for a command and returns its data, or throws its failure. */
export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  const given = await answer;
  if (given.status === "ok") return given.data;
  throw new Failure(given.error);
}
