"""The same page as PDF, where the extra `pdf` is installed.

WeasyPrint lays the very page out that is printed from a browser; a library without a layout of
HTML would have meant a second report to keep. It needs Pango, which every desktop has.
"""


class PdfError(Exception):
    """No PDF can be made here; one plain sentence."""


def pdf(html: str) -> bytes:
    """Raises: `PdfError`."""
    try:
        from weasyprint import HTML  # noqa: PLC0415
    except ImportError as error:
        raise PdfError(
            "A PDF needs the extra pdf: pip install 'retrotread[pdf]'. Or print the page from a "
            "browser."
        ) from error
    except OSError as error:
        raise PdfError(
            "A PDF needs the library Pango, as in: apt install libpangoft2-1.0-0. Or print the "
            "page from a browser."
        ) from error
    made: bytes = HTML(string=html, url_fetcher=_nothing).write_pdf()
    return made


def _nothing(url: str) -> dict[str, object]:
    """A page is self-contained: nothing is fetched for it."""
    raise ValueError(f"A report fetches nothing, and not {url[:80]}.")
