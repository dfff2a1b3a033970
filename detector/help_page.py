"""What `detect --help` shows beyond click's own: options under headings, and commands to copy."""

import click

# fmt: off
HEADINGS = {
    "What is looked at": ("listed", "from_s", "to_s", "classes", "tracks"),
    "How closely": ("model", "size", "every", "threshold", "confidence"),
    "On what": ("device", "precision", "threads"),
    "What is written": ("out", "formats", "no_video", "overwrite", "resume"),
    "Many clips": ("jobs", "engine", "split", "retry_failed"),
    "Clips from strangers": ("sandbox", "most_pixels", "most_frames", "most_memory"),
    "What was written before": ("verify", "review"),
}
# fmt: on
EXAMPLES = """\
\b
Examples:
  detect --demo                            try it on a rendered clip
  detect clip.mp4                          then open clip.detect/report.html
  detect *.mp4 --out results --no-video    many clips, without drawing
  detect clip.mp4 --from 1:20 --to 2:05    a part of a clip
  detect clip.mp4 --model accurate --threshold conservative
  detect clip.mp4 --format csv,srt         tables and subtitles
  detect --verify clip.detect              is it still what was found?
"""


class HelpPage(click.Command):
    """A command whose options stand under HEADINGS; those that are not named there come last."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, heading by heading."""
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        records = {option.name: option.get_help_record(ctx) for option in options}
        for heading, names in HEADINGS.items():
            _write(formatter, heading, [records.pop(name, None) for name in names])
        _write(formatter, "Further options", list(records.values()))


def _write(formatter: click.HelpFormatter, heading: str, records: list[tuple[str, str] | None]) -> None:
    rows = [record for record in records if record is not None]
    if rows:
        with formatter.section(heading):
            formatter.write_dl(rows)
