// Exports a known set of traces, logs and metrics with the official Node SDK, and prints what it sent as JSON.
//
// usage: node export.js grpc|http/protobuf|http/json ENDPOINT RUN COUNT [INGEST_KEY]
// NODE_PATH must name the folder with the packages of package.json.
'use strict';

const { SeverityNumber, SpanKind, SpanStatusCode, context, trace } = require('@opentelemetry/api');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const sdkLogs = require('@opentelemetry/sdk-logs');
const sdkMetrics = require('@opentelemetry/sdk-metrics');
const sdkTrace = require('@opentelemetry/sdk-trace');

function exporters(protocol, endpoint, key) {
  const flavour = { grpc: 'grpc', 'http/protobuf': 'proto', 'http/json': 'http' }[protocol];
  const { OTLPTraceExporter } = require(`@opentelemetry/exporter-trace-otlp-${flavour}`);
  const { OTLPLogExporter } = require(`@opentelemetry/exporter-logs-otlp-${flavour}`);
  const { OTLPMetricExporter } = require(`@opentelemetry/exporter-metrics-otlp-${flavour}`);
  if (flavour === 'grpc') {
    const options = { url: endpoint };
    if (key) {
      const { Metadata } = require('@grpc/grpc-js');
      options.metadata = new Metadata();
      options.metadata.set('x-api-key', key);
    }
    return [new OTLPTraceExporter(options), new OTLPLogExporter(options), new OTLPMetricExporter(options)];
  }
  const options = (path) => ({ url: `${endpoint}${path}`, headers: key ? { 'x-api-key': key } : {} });
  return [
    new OTLPTraceExporter(options('/v1/traces')),
    new OTLPLogExporter(options('/v1/logs')),
    new OTLPMetricExporter(options('/v1/metrics')),
  ];
}

async function main() {
  const [protocol, endpoint, run, countText, key] = process.argv.slice(2);
  const count = Number(countText);
  const [traceExporter, logExporter, metricExporter] = exporters(protocol, endpoint, key);
  const resource = resourceFromAttributes({
    'service.name': `node-${run}`,
    'service.version': '1.2.3',
    'deployment.environment.name': 'test',
    'test.run': run,
  });
  const tracerProvider = new sdkTrace.TracerProvider({
    resource,
    spanProcessors: [new sdkTrace.BatchSpanProcessor({ exporter: traceExporter })],
  });
  const loggerProvider = new sdkLogs.LoggerProvider({
    resource,
    processors: [new sdkLogs.BatchLogRecordProcessor({ exporter: logExporter })],
  });
  const meterProvider = new sdkMetrics.MeterProvider({
    resource,
    readers: [
      new sdkMetrics.PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 }),
    ],
  });
  const tracer = tracerProvider.getTracer('alidade.tests', '0.1');
  const logger = loggerProvider.getLogger('alidade.tests');
  const meter = meterProvider.getMeter('alidade.tests');
  const items = meter.createCounter('test.items', { unit: '{item}' });
  const duration = meter.createHistogram('test.duration', { unit: 's' });
  const level = meter.createGauge('test.level');

  const sent = [];
  let first;
  for (let number = 0; number < count; number += 1) {
    const root = tracer.startSpan(`GET /items/${run}`, {
      kind: SpanKind.SERVER,
      links: first ? [{ context: first, attributes: { 'test.reason': 'the first one' } }] : [],
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/items/{number}',
        'http.response.status_code': number % 5 === 0 ? 500 : 200,
        'test.number': number,
        'test.ratio': number / 4,
        'test.flag': number % 2 === 0,
        'test.tags': ['a', 'b', String(number)],
      },
    });
    first = first ?? root.spanContext();
    const inRoot = trace.setSpan(context.active(), root);
    const child = tracer.startSpan('query items', {
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.address': 'db.internal' },
    }, inRoot);
    if (number % 5 === 0) {
      child.recordException(new Error(`item ${number} does not exist`));
      child.setStatus({ code: SpanStatusCode.ERROR, message: 'lookup failed' });
    }
    logger.emit({
      severityNumber: number % 5 === 0 ? SeverityNumber.ERROR : SeverityNumber.INFO,
      severityText: number % 5 === 0 ? 'ERROR' : 'INFO',
      body: `processed item ${number} of run ${run}`,
      attributes: { 'test.number': number, 'test.run': run },
      context: trace.setSpan(context.active(), child),
    });
    child.end();
    items.add(number, { 'test.parity': number % 2 === 0 ? 'even' : 'odd' });
    duration.record(number / 10);
    level.record(number);
    root.end();
    sent.push({
      trace_id: root.spanContext().traceId,
      root_span_id: root.spanContext().spanId,
      child_span_id: child.spanContext().spanId,
      number,
    });
  }
  await Promise.all([tracerProvider.forceFlush(), loggerProvider.forceFlush(), meterProvider.forceFlush()]);
  await Promise.all([tracerProvider.shutdown(), loggerProvider.shutdown(), meterProvider.shutdown()]);
  console.log(JSON.stringify({ flushed: true, service: `node-${run}`, traces: sent }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
