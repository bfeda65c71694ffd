"""Every file of others through our program: `cargo xtask corpora` runs it.

usage: corpora.py GANJIANG FOLDER [FILE-OR-FOLDER...]

Each file is stamped and signed, verified, searched and its first page drawn, each by a process of its own. Told are the
counts of every outcome, the slowest and the largest process. Wrong are: a signal or a panic, more than 10 seconds, more
than 512 MB, an output that does not begin with its input, that pdfsig does not call valid, or that `qpdf --check` likes
less than the input.
"""

import collections
import os
import subprocess
import sys
import time
from pathlib import Path

import inputs

SECONDS, MEGABYTES = 10, 512
GANJIANG, FOLDER = sys.argv[1], Path(sys.argv[2])
KNOWN = {0, 1, 2, 3, 4}
PATIENCE = 60


def listed(place):
    """The files of malformed.tsv and signed.tsv in a folder, else every PDF below it, else the file itself."""
    lists = [(place / "malformed.tsv", 0), (place / "signed.tsv", 1)]
    rows = [(path, column) for path, column in lists if path.exists()]
    if rows:
        names = [line.split("\t")[column] for path, column in rows for line in path.read_text().splitlines()[1:]]
        return [place / name for name in dict.fromkeys(names)]
    return sorted(place.rglob("*.pdf")) if place.is_dir() else [place]


def run(command):
    """Exit status, words, seconds and the peak of memory in MB, of the process and those it started."""
    start = time.monotonic()
    with open(FOLDER / "said.txt", "w+b") as said:
        process = subprocess.Popen([str(word) for word in command], env={**os.environ, "P12": inputs.PASSWORD, "LC_ALL": "C.UTF-8"},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        said.seek(0)
        words = said.read().decode(errors="replace")
    return os.waitstatus_to_exitcode(status), words, time.monotonic() - start, usage.ru_maxrss / 1024


def checked(program, *words):
    """What a judge answers; one that does not come to an end has nothing to say."""
    command = [program, *[str(word) for word in words]]
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, None, "", "")


def outcome(status, words):
    complaint = [line for line in words.splitlines() if line.startswith("ganjiang: ")]
    if status in (0, 1):
        return "done"
    return complaint[-1].split(":")[1].strip() if complaint else f"exit {status}"


def faults_of(file, out):
    """What is wrong with a signed file."""
    before, after = file.read_bytes(), out.read_bytes()
    if not after.startswith(before):
        yield "does not begin with the original"
    answers = [checked("pdfsig", "-nocert", path) for path in (file, out)]
    signatures = [answer.stdout.count("Signature is Valid.") for answer in answers]
    if answers[1].returncode is not None and signatures[1] <= signatures[0]:
        yield f"pdfsig calls {signatures[1]} valid, {signatures[0]} before"
    ranks = {0: 0, 3: 1, 2: 2}
    old, new = (checked("qpdf", "--check", path).returncode for path in (file, out))
    if new is not None and ranks.get(new, 3) > ranks.get(old, 3):
        yield f"qpdf ends with {new}, {old} before"


def main():
    inputs.make_keys(FOLDER)
    seal, out, picture = FOLDER / "seal.png", FOLDER / "out.pdf", FOLDER / "page.png"
    subprocess.run([GANJIANG, "seal", "company", "--name", "杭州云栖智能科技有限公司", "--dpi", "150", "--out", seal], check=True)
    files = [file for place in sys.argv[3:] for file in listed(Path(place)) if file.is_file()]
    sign = ["sign", "--out", out, "--p12", FOLDER / "key.p12", "--password-env", "P12"]
    counts, wrong = collections.defaultdict(collections.Counter), []
    slowest, largest = {}, {}
    for file in files:
        jobs = {
            "stamp and sign": [GANJIANG, *sign, file, "--seal", seal, "--seal-width", "3", "--at", "1:1,1"],
            "verify": [GANJIANG, "verify", file],
            "find": [GANJIANG, "find", file, "--text", "投标人"],
            "draw page 1": [GANJIANG, "render", file, "--page", "1", "--dpi", "96", "--out", picture],
        }
        for job, command in jobs.items():
            out.unlink(missing_ok=True)
            status, words, seconds, megabytes = run(command)
            counts[job][outcome(status, words)] += 1
            slowest[job] = max(slowest.get(job, (0, "")), (seconds, file.name))
            largest[job] = max(largest.get(job, (0, "")), (megabytes, file.name))
            if status not in KNOWN or "panicked" in words:
                wrong.append(f"{file.name}: {job}: ended with {status}: {words[-200:]}")
            if seconds > SECONDS or megabytes > MEGABYTES:
                wrong.append(f"{file.name}: {job}: {seconds:.1f} s, {megabytes:.0f} MB")
            if job == "stamp and sign" and status == 0:
                wrong += [f"{file.name}: {fault}" for fault in faults_of(file, out)]
    lines = [f"# {len(files)} files of others", ""]
    for job, found in counts.items():
        lines.append(f"- {job}: " + ", ".join(f"{name} {count}" for name, count in found.most_common())
                     + f"; slowest {slowest[job][0]:.1f} s ({slowest[job][1]}), largest {largest[job][0]:.0f} MB ({largest[job][1]})")
    lines += ["", f"{len(wrong)} wrong", *(f"- {line}" for line in wrong)]
    (FOLDER / "report.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    sys.exit(1 if wrong else 0)


main()
