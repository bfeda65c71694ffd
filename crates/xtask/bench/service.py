"""Measures the platform on PostgreSQL: what queries cost among millions of orders, and what one instance answers.

service.py PROGRAM FOLDER ROWS SECONDS: a cluster of its own in a temporary folder, gone afterwards; FOLDER/platform.md is written.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import uuid

USER = "ganjiang"
ENTERPRISES = 100_000
# The largest enterprise has so many orders; all others share the rest.
LARGEST = 100_000
REVOKED = 100_000
# An instance lets in 128 calls at once (`crates/server/src/overload.rs`).
CALLERS_OF_OVERLOAD = 5 * 128
PASSWORD = "correct horse battery"

ORDERS = """
INSERT INTO orders (id, enterprise_id, number, receiving_account, package, quantity, amount_fen, placed_at, payment_state,
                    invoice_state, title, remitting_account)
SELECT '00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'),
       '00000000-0000-4000-9000-' || lpad(to_hex(CASE WHEN i <= {largest} THEN 0 ELSE 1 + (i * 7919) % {enterprises} END), 12, '0'),
       'GJ' || lpad(i::text, 16, '0'), '1202' || lpad(i::text, 15, '0'), '{{}}', 1 + i % 5, 30000 * (1 + i % 5),
       1700000000000 + i * 10,
       CASE WHEN i % 20 = 0 AND i > {rows} - 2000000 THEN 'unpaid' WHEN i % 20 = 0 THEN 'closed' ELSE 'paid' END,
       CASE WHEN i % 20 = 0 OR i > {rows} - 200000 THEN 'not_issued' ELSE 'issued' END, '{{}}', '{{}}'
FROM generate_series({begin}::bigint, {end}::bigint) AS i
"""

REVOCATIONS = f"""
INSERT INTO issued_certificates (serial, certificate_id, account_id, key_hash, der, valid_from, valid_to, issued_at, revoked_at, reason)
SELECT '4' || lpad(to_hex(i), 31, '0'), 'none', 'none', 'none', decode(repeat('00', 900), 'hex'), 0, 4102444800000, 0,
       1700000000000 + i, 'superseded'
FROM generate_series(1, {REVOKED}) AS i
"""

COLUMNS = (
    "id, enterprise_id, number, receiving_account, package, quantity, amount_fen, placed_at, payment_state, arrived, "
    "invoice_state, title, remitting_account"
)
SOME = "'00000000-0000-4000-9000-' || lpad(to_hex(:enterprise), 12, '0')"
BIG = "'00000000-0000-4000-9000-000000000000'"
NEWEST = f"SELECT {COLUMNS} FROM orders WHERE enterprise_id = {{}} {{}} ORDER BY placed_at DESC, number DESC LIMIT 101"
# After the 50,000th of its 100,000 orders, newest first.
AFTER_50_000 = f"AND (placed_at, number) < ({1_700_000_000_000 + 50_001 * 10}, 'GJ{50_001:016}')"
ONE = "'00000000-0000-4000-8000-' || lpad(to_hex(:order), 12, '0')"
QUERIES = {
    "orders of an enterprise, first page": NEWEST.format(SOME, ""),
    "their number": f"SELECT count(*) FROM orders WHERE enterprise_id = {SOME}",
    "first page of the largest enterprise": NEWEST.format(BIG, ""),
    "its page 500": NEWEST.format(BIG, AFTER_50_000),
    "its number of orders": f"SELECT count(*) FROM orders WHERE enterprise_id = {BIG}",
    "one order": f"SELECT {COLUMNS} FROM orders WHERE id = {ONE} AND enterprise_id = {SOME}",
    "order of a receiving account, locked": f"SELECT {COLUMNS} FROM orders WHERE receiving_account = '1202' || lpad(:order::text, 15, '0') FOR UPDATE",
    "job: unpaid orders that are due": f"SELECT {COLUMNS} FROM orders WHERE payment_state = 'unpaid' AND placed_at <= 1700000000000 + {{rows}} * 10 ORDER BY placed_at LIMIT 100",
    "job: paid orders without invoice": f"SELECT {COLUMNS} FROM orders WHERE payment_state = 'paid' AND invoice_state = 'not_issued' AND invoice_refused_at IS NULL AND placed_at <= 1700000000000 + {{rows}} * 10 ORDER BY placed_at LIMIT 100",
    "a job's row taken (SKIP LOCKED)": f"SELECT {COLUMNS} FROM orders WHERE payment_state = 'unpaid' AND placed_at <= 1700000000000 + {{rows}} * 10 AND id = {ONE} ORDER BY placed_at FOR UPDATE SKIP LOCKED",
    "an order written": "INSERT INTO orders (id, enterprise_id, number, receiving_account, package, quantity, amount_fen, placed_at, payment_state, invoice_state, title, remitting_account) "
    f"VALUES (gen_random_uuid()::text, {SOME}, gen_random_uuid()::text, gen_random_uuid()::text, '{{{{}}}}', 1, 30000, 1900000000000, 'unpaid', 'not_issued', '{{{{}}}}', '{{{{}}}}')",
    "a change told (NOTIFY)": f"SELECT pg_notify('changes', {SOME})",
    "what is revoked: number and last": "SELECT count(revoked_at), max(revoked_at) FROM issued_certificates WHERE revoked_at IS NOT NULL",
    "what is revoked: all": "SELECT serial, revoked_at, reason FROM issued_certificates WHERE revoked_at IS NOT NULL",
}


def newest_programs():
    return max(pathlib.Path("/usr/lib/postgresql").iterdir(), key=lambda path: int(path.name)) / "bin"


class Cluster:
    """PostgreSQL as it is delivered, but for its memory; owned by `postgres` where we are root."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = newest_programs()
        self.prefix = []
        if os.getuid() == 0:
            subprocess.run(["chown", "postgres", folder], check=True)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username", USER)
        settings = (
            f"-k {folder} -c listen_addresses= -c shared_buffers=512MB -c max_wal_size=1GB -c max_connections=100"
            " -c wal_level=minimal -c max_wal_senders=0 -c maintenance_work_mem=512MB"
        )
        self.run("pg_ctl", "--wait", "--log", f"{folder}/log", "--options", settings, "start")

    def run(self, program, *words):
        command = [*self.prefix, str(self.programs / program), "--pgdata", f"{self.folder}/data", *words]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)

    def stop(self):
        self.run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def client(self, program, *words):
        command = [str(self.programs / program), "--host", self.folder, "--username", USER, *words]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"{program} failed")
        return done.stdout

    def sql(self, text):
        return self.client("psql", "--dbname=platform", "--no-psqlrc", "-qAt", "--set=ON_ERROR_STOP=1", "-c", text).strip()


def fill(cluster, rows):
    """Rows first, then the very indexes that the migrations made: many times quicker than keeping them up to date."""
    definitions = cluster.sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'orders' AND indexname <> 'orders_pkey'").splitlines()
    names = cluster.sql("SELECT indexname FROM pg_indexes WHERE tablename = 'orders' AND indexname <> 'orders_pkey'").splitlines()
    orders = ORDERS.format(largest=LARGEST, enterprises=ENTERPRISES, rows=rows, begin=1, end=rows)
    dropped = "; ".join(f"DROP INDEX {name}" for name in names)
    cluster.sql(f"ALTER TABLE orders SET (autovacuum_enabled = off); ALTER TABLE orders DROP CONSTRAINT orders_pkey; {dropped}")
    cluster.sql(f"BEGIN; TRUNCATE orders; {orders}; COMMIT")
    print(f"{rows:,} orders", flush=True)
    for definition in ["ALTER TABLE orders ADD PRIMARY KEY (id)", *definitions]:
        cluster.sql(definition)
        print(definition, flush=True)
    cluster.sql(REVOCATIONS)
    cluster.sql("VACUUM ANALYZE orders")
    cluster.sql("VACUUM ANALYZE issued_certificates")
    cluster.sql("CHECKPOINT")


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


def measured(cluster, folder, query, rows, seconds):
    """Latencies in milliseconds, one connection, parameters at random; and what the plan reads."""
    script = pathlib.Path(folder) / "query.sql"
    text = query.replace("{rows}", str(rows)).replace("{{}}", "{}")
    script.write_text(f"\\set order random(1, {rows})\n\\set enterprise random(1, {ENTERPRISES})\n{text};\n")
    prefix = str(pathlib.Path(folder) / "latency")
    cluster.client(
        "pgbench", "--no-vacuum", "--client=1", f"--time={seconds}", "--protocol=simple", "--log", f"--log-prefix={prefix}",
        f"--file={script}", "platform",
    )
    latencies = []
    for file in pathlib.Path(folder).glob("latency.*"):
        latencies += [int(line.split()[2]) / 1000 for line in file.read_text().splitlines()]
        file.unlink()
    latencies.sort()
    example = text.replace(":order::text", f"'{rows // 3}'").replace(":order", str(rows // 3)).replace(":enterprise", "4711")
    plan = json.loads(cluster.sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {example}"))[0]["Plan"]
    return latencies, plan


def nodes(plan):
    name = plan["Node Type"] + (f" {plan['Index Name']}" if "Index Name" in plan else "")
    return [name] + [found for inner in plan.get("Plans", []) for found in nodes(inner)]


def database_part(cluster, folder, rows, seconds, report):
    report.append(f"\n## Queries among {rows:,} orders\n\n| query | runs | p50 ms | p99 ms | pages read | plan |\n| --- | --- | --- | --- | --- | --- |")
    for name, query in QUERIES.items():
        latencies, plan = measured(cluster, folder, query, rows, seconds)
        pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        row = f"| {name} | {len(latencies):,} | {percentile(latencies, 0.5):.2f} | {percentile(latencies, 0.99):.2f} | {pages:,} | {', '.join(nodes(plan))} |"
        print(row, flush=True)
        report.append(row)
    size = cluster.sql("SELECT pg_size_pretty(pg_table_size('orders')), pg_size_pretty(pg_indexes_size('orders'))")
    table, indexes = size.split("|")
    report.append(f"\nThe table takes {table}, its indexes {indexes}.")


class Instance:
    """The program, set up and listening."""

    def __init__(self, program, folder, address):
        self.program = program
        self.settings = pathlib.Path(folder) / "platform.toml"
        self.settings.write_text(
            f"[database]\nurl = '{address}'\n[listen]\naddress = '127.0.0.1:0'\npublic_url = 'http://127.0.0.1'\n[observe]\nlog = 'info,calls=warn'\n"
        )
        self.command("init")
        secret = f"{PASSWORD}\n"
        self.command("operator", "add", "--account", "operator", "--name", "O", given=secret)
        self.command(
            "enterprise", "add", "--enterprise", "杭州云栖智能科技有限公司", "--credit-code", "91330106MA2CFUY66Q", "--legal-representative", "L",
            "--account", "wangmin", "--name", "W", given=secret,
        )

    def command(self, *words, given=""):
        command = [self.program, "--config", str(self.settings), *words]
        subprocess.run(command, input=given, text=True, check=True, stdout=subprocess.DEVNULL)

    def start(self):
        command = [self.program, "--config", str(self.settings), "serve"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            fields = json.loads(line)["fields"]
            if fields["message"] == "listening":
                self.url = f"http://{fields['address']}"
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def called(url, path, body=None, headers=()):
    command = ["curl", "--silent", "--fail", "--show-error", url + path]
    for header in headers:
        command += ["--header", header]
    if body is not None:
        command += ["--data-binary", body]
    return subprocess.run(command, check=True, capture_output=True).stdout


def wrk_script(folder, name, method, path, headers, body_file=None, is_write=False):
    file = pathlib.Path(folder) / f"{name}.lua"
    lines = [f"wrk.method = '{method}'", f"wrk.path = '{path}'"]
    lines += [f"wrk.headers['{key}'] = '{value}'" for key, value in headers.items()]
    if body_file:
        lines.append(f"wrk.body = io.open('{body_file}', 'rb'):read('*a')")
    if is_write:
        # A fresh idempotency key for each call; the thread's own number keeps two threads apart.
        lines += [
            "local threads = 0",
            "function setup(thread) thread:set('number', threads) threads = threads + 1 end",
            "local calls = 0",
            "function request() calls = calls + 1",
            "wrk.headers['idempotency-key'] = string.format('%08x-0000-4000-8000-%012x', os.time(), number * 0x1000000 + calls)",
            "return wrk.format() end",
        ]
    lines += [
        "done = function(summary, latency, requests)",
        "io.write(string.format('RESULT %f %f %f %d\\n', summary.requests / (summary.duration / 1e6),"
        " latency:percentile(50) / 1000, latency:percentile(99) / 1000,"
        " summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout)) end",
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def five_hundred_orders(cluster, instance, headers, title):
    """One order is placed as a person would; the others are copies of it."""
    cluster.sql("UPDATE authorisations SET state = 'approved'")

    def post(path, body):
        key = f"idempotency-key: {uuid.uuid4()}"
        return json.loads(called(instance.url, path, json.dumps(body), [*headers, key]))

    account = {"kind": "company", "holder": title["name"], "bank": title["bank"], "account": "3301040160000123"}
    wanted = {
        "package_id": json.loads(called(instance.url, "/v1/packages", None, headers))[0]["id"],
        "quantity": 1,
        "title_id": post("/v1/billing-titles", title)["id"],
        "account_id": post("/v1/remitting-accounts", account)["id"],
    }
    placed = post("/v1/orders", wanted)["id"]
    copied = COLUMNS.replace("id, enterprise_id, number, receiving_account", "gen_random_uuid()::text, enterprise_id, gen_random_uuid()::text, gen_random_uuid()::text", 1)
    cluster.sql(f"INSERT INTO orders ({COLUMNS}) SELECT {copied} FROM orders, generate_series(1, 499) WHERE id = '{placed}'")


ISSUE_SCRIPT = """
local threads = 0
function setup(thread) thread:set('number', threads) threads = threads + 1 end
local ids, requests, calls = {{}}, {{}}, 0
function init(arguments)
  local at = 0
  for line in io.lines('{ids}') do
    if at % 2 == number then ids[#ids + 1] = line end
    at = at + 1
  end
  for line in io.lines('{requests}') do requests[#requests + 1] = line end
end
function request()
  calls = calls + 1
  if calls >= #ids then wrk.thread:stop() end
  wrk.headers['idempotency-key'] = string.format('%08x-0000-4000-8000-%012x', os.time(), number * 0x1000000 + calls)
  local body = '{{"request":"' .. requests[1 + calls % #requests] .. '"}}'
  return wrk.format('POST', '/v1/certificates/' .. ids[math.min(calls, #ids)] .. '/issue', nil, body)
end
"""


def issuing_script(cluster, instance, folder, headers, seconds):
    """Entitlements to import, each used once, and requests of OpenSSL's keys; the first is made as a person would."""
    own = [f"{name}: {value}" for name, value in headers.items()]
    person = json.loads(called(instance.url, "/v1/employees", None, own))[0]["id"]
    order = cluster.sql("SELECT id FROM orders WHERE enterprise_id = (SELECT id FROM enterprises) LIMIT 1")
    columns = "enterprise_id, order_id, order_number, kind, state, owner_name, document_type, document_number, email, holder_id, months, valid_to, bought_at, history, consumed_by"
    operator = called(instance.url, "/v1/sessions", json.dumps({"account": "operator", "password": PASSWORD}), ["content-type: application/json"])
    by_operator = [f"authorization: Bearer {json.loads(operator)['token']}", "content-type: application/json"]
    fresh = lambda: f"idempotency-key: {uuid.uuid4()}"
    placed = json.loads(called(instance.url, f"/v1/orders/{order}", None, own))
    notice = {
        "notice_number": str(uuid.uuid4()), "receiving_account": placed["receiving"]["account"], "amount_fen": placed["amount_fen"],
        "payer_name": placed["remitting_account"]["holder"], "payer_account": placed["remitting_account"]["account"], "at": placed["placed_at"],
    }
    called(instance.url, "/v1/operator/bank-notices", json.dumps(notice), [*by_operator, fresh()])
    first = next(one for one in json.loads(called(instance.url, "/v1/certificates", None, own)) if one["kind"] == "personal")
    assignment = {
        "document_type": "resident_identity_card", "document_number": "11010519491231002X", "owner_name": "王敏",
        "holder_id": person, "email": "wangmin@example.cn",
    }
    called(instance.url, f"/v1/certificates/{first['id']}/assign", json.dumps(assignment), [*own, "content-type: application/json", fresh()])
    many = seconds * 1000
    cluster.sql(f"INSERT INTO certificates (id, {columns}) SELECT gen_random_uuid()::text, {columns} FROM certificates, generate_series(1, {many}) WHERE id = '{first['id']}'")
    ids = pathlib.Path(folder) / "ids"
    ids.write_text(cluster.sql("SELECT id FROM certificates WHERE state = 'pending_import'") + "\n")
    requests = pathlib.Path(folder) / "requests"
    made = [
        subprocess.run(
            ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x", "-keyout", "/dev/null", "-outform", "DER"],
            check=True, capture_output=True,
        ).stdout
        for _ in range(16)
    ]
    requests.write_text("\n".join(base64.b64encode(one).decode() for one in made) + "\n")
    file = wrk_script(folder, "issue", "POST", "/", headers | {"content-type": "application/json"})
    file.write_text(file.read_text() + ISSUE_SCRIPT.format(ids=ids, requests=requests))
    return file


def judge_issued(cluster, folder):
    """Every answer was a certificate that is kept, and OpenSSL believes one of them."""
    # What the load generator broke off at its end may be only intended.
    confirmed = "FROM issued_certificates WHERE stage = 'confirmed' AND purpose = 'import' AND revoked_at IS NULL"
    kept = int(cluster.sql(f"SELECT count(*) {confirmed}"))
    der = pathlib.Path(folder) / "issued.cer"
    if kept == 0:
        sys.exit("no certificate was issued")
    hexadecimal = f"SELECT encode(der, 'hex') {confirmed} ORDER BY issued_at DESC LIMIT 1"
    der.write_bytes(bytes.fromhex(cluster.sql(hexadecimal)))
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", der, "-out", f"{folder}/issued.pem"], check=True)
    verify = ["openssl", "verify", "-x509_strict", "-CAfile", f"{folder}/root.pem", "-untrusted", f"{folder}/issuer.pem", f"{folder}/issued.pem"]
    subprocess.run(verify, check=True, stdout=subprocess.DEVNULL)
    return kept


def judge_services(instance, folder):
    """The very questions that are asked many times over are answered in a way OpenSSL believes."""
    trust = ["-CAfile", f"{folder}/root.pem", "-untrusted", f"{folder}/issuer.pem"]
    questions = [("tsa", "timestamp-query", "tsq.der"), ("ocsp", "ocsp-request", "ocsp.der")]
    for path, kind, question in questions:
        answer = called(instance.url, f"/pki/{path}", f"@{folder}/{question}", [f"content-type: application/{kind}"])
        (pathlib.Path(folder) / f"{path}.answer").write_bytes(answer)
    subprocess.run(["openssl", "ts", "-verify", "-in", f"{folder}/tsa.answer", "-queryfile", f"{folder}/tsq.der", *trust], check=True, capture_output=True)
    verify = ["openssl", "ocsp", "-respin", f"{folder}/ocsp.answer", "-CAfile", f"{folder}/root.pem", "-verify_other", f"{folder}/issuer.pem"]
    told = subprocess.run(verify, check=True, capture_output=True, text=True)
    if "Response verify OK" not in told.stderr:
        sys.exit(f"the OCSP answer is not believed: {told.stderr}")


def run_wrk(instance, script, seconds, connections, threads=2):
    done = subprocess.run(
        ["wrk", f"--threads={threads}", f"--connections={connections}", f"--duration={seconds}s", "--timeout=20s", f"--script={script}", instance.url],
        check=True, capture_output=True, text=True,
    )
    return {words[0]: [float(word) for word in words[1:]] for words in map(str.split, done.stdout.splitlines()) if words and words[0].isupper()}


OVERLOAD_SCRIPT = """
local threads = {}
function setup(thread) table.insert(threads, thread) end
good, shed, other = 0, 0, 0
function response(status)
  if status == 200 then good = good + 1 elseif status == 503 then shed = shed + 1 else other = other + 1 end
end
local told = done
done = function(summary, latency, requests)
  told(summary, latency, requests)
  local sums = { good = 0, shed = 0, other = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(sums) do sums[name] = sums[name] + thread:get(name) end
  end
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('ANSWERS %f %d %d %d\\n', sums.good / (summary.duration / 1e6), sums.shed, sums.other, broken))
end
"""


def overload_part(instance, folder, calls, usual, seconds, report):
    """Five times as many callers at once as an instance lets in, who never wait; then how soon all is as before."""
    rate, limit = usual
    script = pathlib.Path(folder) / "overload.lua"
    script.write_text(calls.read_text() + OVERLOAD_SCRIPT)
    answers = run_wrk(instance, script, max(seconds, 2), CALLERS_OF_OVERLOAD)["ANSWERS"]
    begun = time.monotonic()
    recovered = None
    while recovered is None and time.monotonic() - begun < 60:
        at = time.monotonic() - begun
        _, _, high, errors = run_wrk(instance, calls, 1, 8)["RESULT"]
        if errors == 0 and high <= limit:
            recovered = at
    good, shed, other, broken = answers
    after = "not within a minute" if recovered is None else f"{recovered:.1f} s after its end"
    report.append(
        f"\n{CALLERS_OF_OVERLOAD} callers at once that never wait (five times what an instance lets in), lists: {good:.0f} answered /s"
        f" (before: {rate:.0f}), {shed:.0f} asked to come again (503, Retry-After), {other:.0f} others, {broken:.0f} broken off."
        f" p99 within {limit} ms again, no errors: {after} (wanted: 10 s)."
    )
    print(report[-1], flush=True)


def load_part(cluster, instance, folder, seconds, report):
    answer = called(instance.url, "/v1/sessions", json.dumps({"account": "wangmin", "password": PASSWORD}), ["content-type: application/json"])
    session = {"authorization": f"Bearer {json.loads(answer)['token']}"}
    person = {"name": "杭州云栖智能科技有限公司", "tax_number": "91330106MA2CFUY66Q", "address": "杭州市西湖区", "phone": "0571-88888888", "bank": "中国银行杭州分行", "account": "3301040160000123"}
    five_hundred_orders(cluster, instance, [f"authorization: {session['authorization']}", "content-type: application/json"], person)
    title = pathlib.Path(folder) / "title.json"
    title.write_text(json.dumps(person))
    for name in ["root", "issuer"]:
        (pathlib.Path(folder) / f"{name}.cer").write_bytes(called(instance.url, f"/pki/{name}.cer"))
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"{folder}/{name}.cer", "-out", f"{folder}/{name}.pem"], check=True)
    subprocess.run(["openssl", "ocsp", "-issuer", f"{folder}/issuer.pem", "-serial", f"0x4{'0' * 30}7", "-reqout", f"{folder}/ocsp.der"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["openssl", "ts", "-query", "-data", str(title), "-sha256", "-cert", "-out", f"{folder}/tsq.der"], check=True, stderr=subprocess.DEVNULL)
    judge_services(instance, folder)
    json_type = {"content-type": "application/json"}
    rows = [
        ("lists (orders, first page)", 500, 50, wrk_script(folder, "lists", "GET", "/v1/orders?limit=100", session)),
        ("durable writes (billing title)", 200, 100, wrk_script(folder, "writes", "POST", "/v1/billing-titles", session | json_type, title, True)),
        ("CSR → certificate", 50, 150, issuing_script(cluster, instance, folder, session, seconds)),
        ("OCSP", 1000, 25, wrk_script(folder, "ocsp", "POST", "/pki/ocsp", {"content-type": "application/ocsp-request"}, f"{folder}/ocsp.der")),
        ("timestamps", 300, 50, wrk_script(folder, "tsa", "POST", "/pki/tsa", {"content-type": "application/timestamp-query"}, f"{folder}/tsq.der")),
        ("revocation list of 100,000", None, None, wrk_script(folder, "crl", "GET", "/pki/issuer.crl", {})),
    ]
    report.append("\n## One instance, wrk on the same machine\n\n| measure | wanted /s | reached /s | of wanted | p50 ms | p99 ms | wanted p99 | errors |\n| --- | --- | --- | --- | --- | --- | --- | --- |")
    usual = None
    for name, wanted, limit, script in rows:
        result = run_wrk(instance, script, seconds, *((4, 1) if wanted is None else (8, 2)))["RESULT"]
        rate, middle, high, errors = result
        usual = usual or (rate, limit)
        share = f"{rate / wanted:.1f} ×" if wanted else "–"
        row = f"| {name} | {wanted or '–'} | {rate:.0f} | {share} | {middle:.1f} | {high:.1f} | {limit or '–'} | {errors:.0f} |"
        print(row, flush=True)
        report.append(row)
    report.append(f"\n{judge_issued(cluster, folder):,} certificates were issued, each for an entitlement of its own; the last one judged by `openssl verify -x509_strict`.")
    overload_part(instance, folder, rows[0][3], usual, seconds, report)


def list_part(cluster, instance, folder, report):
    """The list of 100,000 entries: made, complete, and fresh after one more revocation."""
    took = []
    for at in range(5):
        # One more is revoked, so that the list is signed anew.
        cluster.sql(f"UPDATE issued_certificates SET revoked_at = revoked_at + {REVOKED} WHERE serial = '4{'0' * 30}{at + 1}'")
        begun = time.monotonic()
        der = called(instance.url, "/pki/issuer.crl")
        took.append(time.monotonic() - begun)
        file = pathlib.Path(folder) / "issuer.crl"
        file.write_bytes(der)
    text = subprocess.run(["openssl", "crl", "-inform", "DER", "-in", file, "-CAfile", f"{folder}/issuer.pem", "-noout", "-text"], check=True, capture_output=True, text=True)
    entries = text.stdout.count("Serial Number:")
    if "verify OK" not in text.stderr + text.stdout or entries != REVOKED:
        sys.exit(f"the revocation list is wrong: {entries} entries, {text.stderr}")
    took.sort()
    report.append(f"\nRevocation list of {entries:,} entries after a new revocation, signed anew and judged by OpenSSL: median {took[2]:.2f} s, worst {took[4]:.2f} s (wanted: 2 s).")
    print(report[-1], flush=True)


def main():
    program, out, rows, seconds = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    load = os.getloadavg()[0]
    report = [f"# The platform, measured\n\n{os.cpu_count()} processors, load {load:.1f} before; program: {pathlib.Path(program).parent.name}."]
    with tempfile.TemporaryDirectory(prefix="pg") as folder, tempfile.TemporaryDirectory() as scratch:
        cluster = Cluster(folder)
        try:
            cluster.client("createdb", "platform")
            instance = Instance(program, scratch, f"postgres://{USER}@localhost/platform?host={folder.replace('/', '%2F')}")
            fill(cluster, rows)
            database_part(cluster, scratch, rows, seconds, report)
            instance.start()
            try:
                load_part(cluster, instance, scratch, seconds, report)
                list_part(cluster, instance, scratch, report)
            finally:
                instance.stop()
        finally:
            cluster.stop()
    (out / "platform.md").write_text("\n".join(report) + "\n")


main()
