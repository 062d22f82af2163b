"""An audit as a user reads it."""

from pathlib import Path

from loadstone.model import Note
from loadstone.model.audit import Audit, AuditRow, Demotion, LaneBias, Rule, UnusableRecord
from loadstone.report.audit import wording
from loadstone.report.audit.console import terminal
from loadstone.stats.common.proportions import clustered, share

GOLDEN = Path(__file__).parents[2] / "golden" / "cli" / "audit.txt"


def line(hits, *, case="", metric=""):
    return AuditRow(
        case=case,
        metric=metric,
        alarms=share(hits, 20),
        covered=clustered([11, 12] * 10, [12] * 20),
    )


AUDIT = Audit(
    reports=share(1, 20),
    covered=clustered([47, 48] * 10, [48] * 20),
    metrics=[line(9, metric="latency_p99"), line(0, metric="memory_peak")],
    cases=[line(1, case="ingress-latency/rate=1000")],
    rows=[line(1, case="ingress-latency/rate=1000", metric="latency_p99")],
    demotions=[
        Demotion(
            metric="latency_p99",
            case="",
            reason="it alarmed in 9 of 20 A/A reports, where 5 % are allowed",
            until="surely less than 10 % of the A/A reports after 2026-11-20T03:00:00Z",
            since="2026-11-20T03:00:00Z",
        )
    ],
    refused=[
        UnusableRecord(
            name="out/pair", reason=Note(code="not-aa", data={"text": "1.0 is compared with 1.1"})
        )
    ],
    lanes=[
        LaneBias(
            metric="latency_p99",
            pairs=80,
            lane=0.021,
            low=0.004,
            high=0.038,
            second=0.001,
            second_low=-0.016,
            second_high=0.018,
        ),
        LaneBias(
            metric="memory_peak",
            pairs=80,
            lane=-0.002,
            low=-0.011,
            high=0.007,
            second=0.003,
            second_low=-0.006,
            second_high=0.012,
        ),
    ],
    words=wording.rule(Rule()),
    scope={"component": "traefik"},
    first="2026-11-01T03:00:00Z",
    last="2026-11-20T03:00:00Z",
)


def test_an_audit_reads_like_this():
    assert terminal(AUDIT, "baselines/traefik/audit.json") + "\n" == GOLDEN.read_text()
