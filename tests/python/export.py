"""Exports a known set of traces, logs and metrics with the official Python SDK, and prints what it sent as JSON.

usage: export.py grpc|http/protobuf ENDPOINT RUN COUNT [INGEST_KEY]
"""

import json
import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode


def exporters(protocol, endpoint, headers):
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        options = {"endpoint": endpoint, "insecure": True, "headers": tuple(headers.items())}
        return OTLPSpanExporter(**options), OTLPLogExporter(**options), OTLPMetricExporter(**options)
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    options = {"headers": headers, "compression": Compression.Gzip}
    return (
        OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", **options),
        OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", **options),
        OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics", **options),
    )


def main():
    protocol, endpoint, run, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    headers = {"x-api-key": sys.argv[5]} if len(sys.argv) > 5 else {}
    resource = Resource.create(
        {
            "service.name": f"python-{run}",
            "service.version": "1.2.3",
            "deployment.environment.name": "test",
            "faas.name": "orders",
            "test.run": run,
        }
    )
    span_exporter, log_exporter, metric_exporter = exporters(protocol, endpoint, headers)
    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(BatchSpanProcessor(span_exporter))
    logging = LoggerProvider(resource=resource)
    logging.add_log_record_processor(BatchLogRecordProcessor(log_exporter))
    metrics = MeterProvider(
        resource=resource,
        metric_readers=[PeriodicExportingMetricReader(metric_exporter, export_interval_millis=3_600_000)],
        views=[View(instrument_name="test.size", aggregation=ExponentialBucketHistogramAggregation())],
    )
    tracer = tracing.get_tracer("alidade.tests", "0.1")
    logger = logging.get_logger("alidade.tests")
    meter = metrics.get_meter("alidade.tests")
    items = meter.create_counter("test.items", unit="{item}", description="Items that were processed")
    duration = meter.create_histogram("test.duration", unit="s")
    size = meter.create_histogram("test.size", unit="By")
    level = meter.create_gauge("test.level")

    sent = []
    first = None
    for number in range(count):
        links = [Link(first, {"test.reason": "the first one"})] if first else []
        with tracer.start_as_current_span(
            f"GET /items/{run}",
            kind=SpanKind.SERVER,
            links=links,
            attributes={
                "http.request.method": "GET",
                "http.route": "/items/{number}",
                "http.response.status_code": 500 if number % 5 == 0 else 200,
                "test.number": number,
                "test.ratio": number / 4,
                "test.flag": number % 2 == 0,
                "test.tags": ["a", "b", str(number)],
                "test.text": "<script>alert(1)</script> \u202e right to left",
            },
        ) as root:
            first = first or root.get_span_context()
            with tracer.start_as_current_span(
                "query items",
                kind=SpanKind.CLIENT,
                attributes={"db.system.name": "postgresql", "db.namespace": "shop", "server.address": "db.internal"},
            ) as child:
                if number % 5 == 0:
                    child.record_exception(ValueError(f"item {number} does not exist"))
                    child.set_status(Status(StatusCode.ERROR, "lookup failed"))
                logger.emit(
                    LogRecord(
                        timestamp=child.start_time,
                        severity_number=SeverityNumber.ERROR if number % 5 == 0 else SeverityNumber.INFO,
                        severity_text="ERROR" if number % 5 == 0 else "INFO",
                        body=f"processed item {number} of run {run}",
                        attributes={"test.number": number, "test.run": run},
                    )
                )
            items.add(number, {"test.parity": "even" if number % 2 == 0 else "odd"})
            duration.record(number / 10)
            size.record(number * 100)
        level.set(number)
        context = root.get_span_context()
        sent.append(
            {
                "trace_id": trace.format_trace_id(context.trace_id),
                "root_span_id": trace.format_span_id(context.span_id),
                "child_span_id": trace.format_span_id(child.get_span_context().span_id),
                "number": number,
            }
        )
    flushed = tracing.force_flush() and logging.force_flush() and metrics.force_flush()
    tracing.shutdown()
    logging.shutdown()
    metrics.shutdown()
    print(json.dumps({"flushed": bool(flushed), "service": f"python-{run}", "traces": sent}))


main()
