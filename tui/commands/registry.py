"""Every command once: its id, keys, label and help. Bindings, footer, palette and help read this.

A command belongs to a *place* (the part of its id before the dot). A screen lists its places; the
method ``command_VERB`` of that screen, or of the app for the place ``app``, carries it out.
"""

from __future__ import annotations

from typing import Final

from tui.commands.address import CORRECTING
from tui.commands.command import Command
from tui.commands.compose import WRITING
from tui.commands.documents import FILTERING, LINE, VIEWS
from tui.commands.outbox import OUTBOX_COMMANDS
from tui.commands.overviews import OVERVIEW_PLACES, OVERVIEWS
from tui.commands.registry_bulk import BULK, SELECTING
from tui.commands.registry_chasing import CHASING, CHASING_CUSTOMERS, CHASING_DIALOGS
from tui.commands.registry_hands import HANDS
from tui.commands.registry_jumping import JUMPING
from tui.commands.settings import SETTINGS, SETTINGS_PLACES
from tui.commands.suppressions import SUPPRESSION_COMMANDS
from tui.commands.table import COLUMNS_DIALOG, TABLES
from tui.commands.unlinked import LINKING

__all__ = ["COMMANDS", "Command"]


COMMANDS: Final[tuple[Command, ...]] = (
    # ----------------------------------------------------------------- documents
    Command(
        "documents.follow_up",
        ("f", "F"),
        "Follow up",
        "Write a follow-up on the document under the cursor.",
        "Send",
        footer=1,
        danger=True,
    ),
    Command(
        "documents.resend",
        ("r", "R"),
        "Resend",
        "Send the document's email again, attachments included, to an address you can correct.",
        "Send",
        footer=2,
        danger=True,
    ),
    Command(
        "documents.edit_address",
        ("e", "E"),
        "Edit address",
        "Correct the address that failed, and send again whatever failed on it.",
        "Send",
        footer=4,
    ),
    Command(
        "documents.log",
        ("enter",),
        "Log",
        "Open or close the emails of the document under the cursor.",
        "Look",
        footer=4,
        palette=False,
    ),
    *FILTERING,
    *SELECTING,
    *CHASING,
    *TABLES,
    # ----------------------------------------------------------------- the log panel
    Command(
        "log.toggle",
        ("enter", "space"),
        "Expand",
        "Open or close the email under the cursor.",
        "Log",
        footer=4,
        palette=False,
    ),
    Command("log.up", ("up", "k"), "Up", "The email above.", "Log", palette=False),
    Command("log.down", ("down", "j"), "Down", "The email below.", "Log", palette=False),
    Command(
        "log.as_of",
        ("t", "T"),
        "As of",
        "Show the log as it was known at a moment: 2h, 3d, 14:00, 2026-11-20 14:00.",
        "Log",
        footer=5,
    ),
    Command(
        "log.earlier",
        ("comma", "less_than_sign"),
        "Earlier",
        "Show the log as it was before the last thing became known.",
        "Log",
        footer=6,
    ),
    Command(
        "log.later",
        ("full_stop", "greater_than_sign"),
        "Later",
        "Show the log as it was when the next thing became known.",
        "Log",
        footer=7,
    ),
    # ----------------------------------------------------------------- customers
    Command(
        "customers.open",
        ("enter",),
        "Open",
        "Show the documents of the customer under the cursor.",
        "Look",
        footer=1,
        palette=False,
    ),
    Command(
        "customers.attention",
        ("n", "N"),
        "Needs attention",
        "Show only customers that need attention; again: show all.",
        "Filter",
        footer=4,
    ),
    Command(
        "customers.bounced",
        ("b", "B"),
        "Bounced",
        "Every customer's documents with an unresolved bounce.",
        "Look",
        footer=3,
    ),
    Command(
        "customers.search",
        ("slash",),
        "Search",
        "Search name, address or document number; the best match comes first.",
        "Filter",
        footer=5,
    ),
    Command(
        "customers.next_chip",
        ("right_square_bracket", "right"),
        "Next filter",
        "Choose the next filter of the line above the table.",
        "Filter",
    ),
    Command(
        "customers.previous_chip",
        ("left_square_bracket", "left"),
        "Previous filter",
        "Choose the filter before it.",
        "Filter",
    ),
    *LINKING,
    *CHASING_CUSTOMERS,
    *SUPPRESSION_COMMANDS,
    *OVERVIEWS,
    *SETTINGS,
    # ----------------------------------------------------------------- search fields
    Command(
        "search.down",
        ("down",),
        "Row below",
        "The row below, while one goes on typing; with nothing typed: to the list.",
        "Filter",
        palette=False,
    ),
    Command(
        "search.up",
        ("up",),
        "Row above",
        "The row above, while one goes on typing.",
        "Filter",
        palette=False,
    ),
    Command(
        "search.leave",
        ("tab",),
        "To the list",
        "From the search to what was found.",
        "Filter",
        footer=2,
        palette=False,
    ),
    *LINE,
    # ----------------------------------------------------------------- everywhere
    Command(
        "app.all",
        ("a", "A"),
        "All customers",
        "The documents of all customers in one table.",
        "Go",
        footer=6,
    ),
    Command("app.customers", ("c", "C"), "Customers", "The list of customers.", "Go", footer=7),
    Command(
        "app.unlinked",
        ("u", "U"),
        "Unlinked",
        "Emails of other programs that wait to be linked to a document.",
        "Go",
        footer=4,
    ),
    Command(
        "app.suppressions",
        ("s", "S"),
        "Suppressions",
        "The addresses that nothing is sent to, on SES's list and on ours.",
        "Go",
        footer=8,
    ),
    *OVERVIEW_PLACES,
    *SETTINGS_PLACES,
    Command(
        "app.reload",
        ("f5", "alt+r"),
        "Reload",
        "Read what is shown from the database again.",
        "Program",
    ),
    Command(
        "app.theme",
        ("f8", "alt+t"),
        "Theme",
        "Next colours: dark, light, high contrast.",
        "Program",
    ),
    Command(
        "app.help",
        ("question_mark", "f1"),
        "Help",
        "The keys of this place and what every status means.",
        "Program",
        footer=90,
    ),
    Command(
        "app.palette",
        ("ctrl+p", "alt+x"),
        "Commands",
        "Find any command by its name.",
        "Program",
        footer=89,
        palette=False,
        priority=True,
    ),
    Command(
        "screen.close",
        ("escape",),
        "Close",
        "Close what is open, clear what is searched, or go back.",
        "Go",
        palette=False,
    ),
    Command(
        "app.outbox",
        ("m", "M"),
        "Outbox",
        "What waits to be sent, what is going, and what did not go; pause, cancel, try again.",
        "Go",
        footer=87,
    ),
    Command(
        "app.back",
        ("q", "Q"),
        "Back",
        "Go back to where you were; on the first screen: leave Outtray.",
        "Go",
        footer=91,
        palette=False,
    ),
    Command(
        "app.quit",
        ("ctrl+q", "alt+q"),
        "Quit",
        "Leave Outtray.",
        "Program",
        footer=92,
        priority=True,
    ),
    *JUMPING,
    *WRITING,
    *BULK,
    *HANDS,
    *OUTBOX_COMMANDS,
    # ----------------------------------------------------------------- correcting an address
    *CORRECTING,
    *CHASING_DIALOGS,
    *VIEWS,
    *COLUMNS_DIALOG,
)
