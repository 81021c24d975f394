"""Examples of Vocatech users: the list and the form."""

from bot.models.people import Person, UserFields
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import Example, Group
from bot.ui.lists import paginate
from bot.users.form import EXTENSION, UserForm, UserProblem, render_user_form
from bot.users.modals import PAGE_SIZE, render_user_saved, render_users_modal

NINA = Person("u250", "Nina Holm", "250", "nina.holm@example.com")
LISTED = [facts.ANA_TORRES, facts.BEN_WHITAKER, NINA]
LINKED = {facts.ANA_TORRES.user_id: "Ana Torres", facts.BEN_WHITAKER.user_id: "Ben Whitaker"}
MANY = [Person(f"u{at}", facts.LONG_NAME, str(at), "x" * 200) for at in range(100)]
VALUES = UserFields("Nina", "Holm", "250", "nina.holm@example.com")
EDITED = UserForm("t", "u101", UserFields("Ana", "Torres", "101", "ana.torres@example.com"))
TAKEN = UserProblem("Vocatech refused it: Extension 250 is taken. Nothing was changed.", EXTENSION)
NO_ANSWER = UserProblem("Vocatech can't be reached. Nothing was changed. Try again in a minute.")

USERS = Group(
    "Vocatech users",
    (
        Example("Users", "After /vocatech users, by an admin.",
                lambda: render_users_modal(paginate(LISTED, 1, size=PAGE_SIZE), total=3,
                                           linked=LINKED)),
        Example("Users found", "After /vocatech users with a name: the middle of a long list.",
                lambda: render_users_modal(paginate(MANY, 2, size=PAGE_SIZE), total=100,
                                           linked={one.user_id: facts.LONG_NAME for one in MANY},
                                           typed="x" * 200)),
        Example("No users", "Before the first sync.",
                lambda: render_users_modal(paginate([], 1, size=PAGE_SIZE), total=0, linked={})),
        Example("Users from calls", "If Vocatech doesn't list its users.",
                lambda: render_users_modal(paginate(LISTED, 1, size=PAGE_SIZE), total=3, linked={},
                                           from_calls={"u250"})),
        Example("New user", "After Create user at someone without an extension.",
                lambda: render_user_form(UserForm("t", slack_user=facts.BEN), VALUES)),
        Example("Edit user", "After Edit in the list.",
                lambda: render_user_form(EDITED, EDITED.seen, linked=facts.ANA)),
        Example("Refused user", "If Vocatech refuses a field.",
                lambda: render_user_form(UserForm("t"), VALUES, problem=TAKEN)),
        Example("User not saved", "If Vocatech can't be reached.",
                lambda: render_user_form(EDITED, EDITED.seen, linked=facts.ANA,
                                         problem=NO_ANSWER)),
        Example("User created", "After Create, for a person in Slack.",
                lambda: render_user_saved(NINA, is_new=True, linked="Nina Holm")),
        Example("User saved", "After Save.",
                lambda: render_user_saved(facts.ANA_TORRES, is_new=False, linked="Ana Torres")),
    ),
)  # fmt: skip
