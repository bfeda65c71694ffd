// Follows a signing task's state; the code disappears as soon as somebody has fetched the task.
const words = {
  waiting: ["请用干将签章扫码", "在应用中打开「扫码签章」，扫描或截图识别下面的二维码。"],
  fetched: ["已取走，等待签署", "请在应用中核对文件并输入 PIN 码。"],
  signed: ["签署完成", "平台已核验签名，可以关闭此页。"],
  refused: ["对方拒绝签署", "需要时请在业务系统中重新发起。"],
  expired: ["二维码已过期", "没有签署任何文件。请在业务系统中重新发起。"],
  cancelled: ["任务已撤回", "没有签署任何文件。"],
};

const place = (id) => document.getElementById(id);

async function look() {
  let task;
  try {
    const answer = await fetch(`${location.pathname}/state`, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    task = await answer.json();
  } catch {
    place("note").textContent = "连接不上平台，正在重试…";
    return setTimeout(look, 3000);
  }
  const [title, note] = words[task.state] ?? [`状态：${task.state}`, ""];
  document.body.dataset.state = task.state;
  place("title").textContent = title;
  place("note").textContent = task.state === "refused" && task.reason ? `原因：${task.reason}` : note;
  place("code").hidden = task.state !== "waiting";
  place("open").hidden = task.state !== "waiting";
  place("left").textContent = task.state === "waiting" || task.state === "fetched" ? `剩余 ${Math.floor(task.seconds_left / 60)} 分 ${task.seconds_left % 60} 秒` : "";
  place("signer").textContent = task.signer ? `签署人：${task.signer}` : "";
  return task.state === "waiting" || task.state === "fetched" ? setTimeout(look, 1000) : undefined;
}

look();
