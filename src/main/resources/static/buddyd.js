// The live view of the start page: what GET /machine, /zones and /pageblocks say, drawn.
'use strict';

const POLL_MS = 1000;
const MOST_PAGEBLOCKS = 1 << 18; // beyond that a map shows nothing
const COLOURS = { UNMOVABLE: '#d55e00', MOVABLE: '#0072b2', RECLAIMABLE: '#009e73', HIGHATOMIC: '#cc79a7', CMA: '#e69f00', ISOLATE: '#888888' };
const at = id => document.getElementById(id);
const grouped = number => number.toLocaleString('en');
let shown; // ETag of the state that is drawn
let held; // what "Free" gives back

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function size(pages, pageBytes) {
  const kib = pages * pageBytes / 1024;
  return kib < 10240 ? grouped(kib) + ' KiB' : kib < 10485760 ? grouped(Math.round(kib / 1024)) + ' MiB'
    : (kib / 1048576).toFixed(1) + ' GiB';
}

function standing(zone) {
  const { min, low, high } = zone.watermarks;
  const free = zone.nr_free_pages;
  return free <= min ? 'below min' : free <= low ? 'below low' : free <= high ? 'below high' : 'above high';
}

function zoneRow(zone, machine) {
  const row = document.createElement('tr');
  const name = machine.nodes > 1 ? `node ${zone.node} ${zone.zone}` : zone.zone;
  row.append(element('th', name));
  row.firstChild.scope = 'row';
  const free = size(zone.nr_free_pages, machine.page_size_bytes);
  const all = size(zone.managed_pages, machine.page_size_bytes);
  row.append(element('td', `${free} of ${all}`, 'number'));
  const meter = document.createElement('meter');
  meter.max = zone.managed_pages;
  meter.low = zone.watermarks.low;
  meter.high = zone.watermarks.high;
  meter.optimum = zone.managed_pages;
  meter.value = zone.nr_free_pages;
  meter.setAttribute('aria-label', `${name}: ${free} of ${all} free`);
  row.append(document.createElement('td'));
  row.lastChild.append(meter);
  const marks = zone.watermarks;
  row.append(element('td', standing(zone)));
  row.lastChild.title = `min ${grouped(marks.min)}, low ${grouped(marks.low)}, high ${grouped(marks.high)} pages`;
  for (const of of zone.free) row.append(element('td', grouped(of.blocks), of.blocks ? 'number' : 'number none'));
  return row;
}

function drawZones(zones, machine) {
  const orders = zones[0].free.map(of => element('th', of.order, 'number'));
  orders.forEach(cell => { cell.scope = 'col'; });
  at('orders').colSpan = orders.length;
  at('order').replaceChildren(...orders);
  at('zones').replaceChildren(...zones.map(zone => zoneRow(zone, machine)));
}

// A byte is a pageblock: bits 0 to 2 its type (7: no memory), 3 to 6 how free it is (0 to 15), 7 mixed.
function drawMap(bytes, types) {
  const canvas = at('map');
  const cell = bytes.length <= 1 << 13 ? 6 : bytes.length <= 1 << 16 ? 3 : 2;
  const columns = Math.max(1, Math.floor((canvas.clientWidth || 600) / cell));
  canvas.width = columns * cell;
  canvas.height = Math.ceil(bytes.length / columns) * cell;
  const pen = canvas.getContext('2d');
  const counts = new Map();
  let free = 0;
  bytes.forEach((byte, i) => {
    const type = types[byte & 7];
    if (!type) return;
    const level = byte >> 3 & 15;
    counts.set(type, (counts.get(type) || 0) + 1);
    free += level === 15;
    pen.globalAlpha = 1 - .75 * level / 15;
    pen.fillStyle = COLOURS[type];
    pen.fillRect(i % columns * cell, Math.floor(i / columns) * cell, cell - (cell > 2), cell - (cell > 2));
  });
  const legend = [];
  for (const [type, count] of counts) {
    const entry = element('span', ` ${type} ${grouped(count)} `);
    entry.prepend(document.createElement('i'));
    entry.firstChild.style.background = COLOURS[type];
    legend.push(entry, ' ');
  }
  const told = `pageblocks in the order of their frames; the fainter, the freer; ${grouped(free)} are wholly free.`;
  at('legend').replaceChildren(...legend, told);
  canvas.setAttribute('aria-label', at('legend').textContent);
}

async function draw(machine) {
  const { zones } = await (await fetch('zones')).json();
  drawZones(zones, machine);
  const blocks = zones.reduce((sum, zone) => sum + zone.pageblocks, 0);
  at('map').hidden = blocks > MOST_PAGEBLOCKS;
  if (at('map').hidden) {
    at('legend').textContent = `${grouped(blocks)} pageblocks are too many for a map.`;
  } else {
    const map = await fetch('pageblocks', { headers: { Accept: 'application/octet-stream' } });
    drawMap(new Uint8Array(await map.arrayBuffer()), Object.keys(zones[0].free[0].by_migratetype));
  }
}

async function refresh() {
  try {
    const answer = await fetch('machine', { cache: 'no-store' });
    const machine = await answer.json();
    const tag = answer.headers.get('ETag');
    if (tag !== shown) {
      at('live').hidden = false;
      await draw(machine);
      at('request').order.max = machine.max_order;
      at('machine').textContent = `${machine.name} (${machine.arch}): ${grouped(machine.nr_free_pages)} of `
        + `${grouped(machine.managed_pages)} pages free, ${grouped(machine.allocations)} blocks held, epoch ${machine.epoch}`;
      shown = tag;
    }
  } catch {
    at('machine').textContent = 'The service does not answer.';
    shown = undefined;
  }
}

async function poll() {
  if (!document.hidden) await refresh();
  setTimeout(poll, POLL_MS);
}

// An explanation ends with its outcome; here it comes first, too.
function tell(text) {
  const outcome = text.match(/^=> (.*)$/m);
  at('answer').hidden = false;
  at('answer').textContent = outcome ? `${outcome[1]}\n\n${text}` : text;
  at('answer').scrollTop = 0;
}

async function call(method, path, headers, body) {
  try {
    const answer = await fetch(path, { method, headers: { Accept: 'text/plain, application/problem+json', ...headers }, body });
    const problem = (answer.headers.get('Content-Type') || '').startsWith('application/problem+json');
    tell(problem ? (await answer.json()).detail : await answer.text());
    await refresh();
    return answer;
  } catch {
    tell('The service does not answer.');
    return undefined;
  }
}

function hold(block) {
  held = block;
  at('free').hidden = !block;
  at('free').textContent = block ? 'Free pfn 0x' + Number(block.path.replace(/.*\//, '')).toString(16) : 'Free';
}

at('request').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target;
  const dry = event.submitter?.value === 'dry';
  const body = JSON.stringify({ gfp: form.gfp.value, order: Number(form.order.value), owner: 'page' });
  const answer = await call('POST', 'pages?explain=true' + (dry ? '&dry_run=true' : ''), { 'Content-Type': 'application/json' }, body);
  if (answer?.status === 201) hold({ path: answer.headers.get('Location'), tag: answer.headers.get('ETag') });
});

at('free').addEventListener('click', async () => {
  const { path, tag } = held;
  hold(undefined);
  await call('DELETE', path.replace(/^\//, '') + '?explain=true', { 'If-Match': tag });
});

window.addEventListener('resize', () => { shown = undefined; });
at('calls').textContent = at('calls').textContent.replaceAll('localhost:8080', location.host);
poll();
