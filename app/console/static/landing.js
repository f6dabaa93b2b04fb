const state = document.getElementById("state");
Promise.all([fetch("/health").then(r => r.json()), fetch("/health/ready").then(r => r.ok)])
  .then(([health, ready]) => {
    state.className = "state " + (ready ? "good" : "bad");
    const who = health.offline ? "the offline coach (set a model key to use a model)" : health.model;
    state.textContent = ready ? "Ready. Answers come from " + who + "." : "Not ready yet: see Health.";
  })
  .catch(() => { state.className = "state bad"; state.textContent = "The service does not answer."; });
