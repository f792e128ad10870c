"""The fields of a client certificate. What is stored is not shown again: its fields stay empty."""

from fener.domain.credentials import ClientCertificate
from fener.web.forms import Form


def given(form: Form, before: ClientCertificate | None) -> ClientCertificate | None:
    """Empty fields keep what is stored while the box is ticked, one alone too."""
    if not form.ticked("shows_certificate"):
        return None
    known = before or ClientCertificate("", "")
    return ClientCertificate(
        form.text("client_certificate") or known.certificate, form.text("client_key") or known.key
    )
