"""Examples about contacts: looked up, chosen, created, edited and deleted."""

from dataclasses import replace

from bot.contacts.form import FieldProblem, render_contact_form
from bot.contacts.messages import render_contact_answer, render_contact_modal
from bot.contacts.modals import (
    render_chooser,
    render_contact_list,
    render_delete_modal,
    render_no_contact,
    render_words_modal,
)
from bot.contacts.shortcut_form import (
    NOTE,
    Target,
    render_choose_target,
    render_look_up,
    render_new_sms,
    render_nothing_found,
    render_search_calls,
    render_unknown_number,
)
from bot.contacts.shortcuts import NO_NUMBER_FOUND
from bot.erasures.modals import render_erased, render_erasure_question, render_nothing_to_erase
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.store.privacy.erasures import Held

CALLS, TEXTS = (facts.MISSED, facts.CALL), (facts.TEXT_IN,)
MANY = [replace(facts.MARIA, contact_id=at) for at in range(50)]

CONTACTS = Group(
    "Contacts",
    (
        Example("Contact", "After /contact Maria Lopez; only the asker sees it.",
                lambda: render_contact_answer(facts.MARIA, CALLS, TEXTS, facts.FIELDS,
                                              locale=LOCALE, is_admin=True)),
        Example("The longest contact", "140 fields of the company's own, 40 numbers.",
                lambda: render_contact_answer(facts.LONGEST_CONTACT, (facts.LONGEST,) * 5,
                                              (facts.LONGEST_TEXT,) * 5, facts.MANY_FIELDS,
                                              locale=LOCALE, is_admin=True)),
        Example("Contact of a call", "After Contact on a card; another has the number too.",
                lambda: render_contact_modal(facts.MARIA, CALLS, TEXTS, facts.FIELDS,
                                             locale=LOCALE, is_admin=False,
                                             said="Saved.",
                                             shared_number="+12125550123")),
        Example("Contact with a spam number", "The mark stays if a contact gets the number.",
                lambda: render_contact_answer(facts.MARIA, (), (), facts.FIELDS, locale=LOCALE,
                                              is_admin=False, spam=["+12125550123"])),
        Example("Several contacts", "After /contact Maria, if more than one matches.",
                lambda: render_contact_list("Maria", MANY, locale=LOCALE)),
        Example("No contact", "If no contact matches.",
                lambda: render_no_contact("+1 212 555 0100", holds_any=True, locale=LOCALE)),
        Example("Similar names", "After /contact Marai.",
                lambda: render_no_contact("Marai", holds_any=True, locale=LOCALE,
                                          alike=[facts.MARIA])),
        Example("Choose a contact", "If several contacts have one number.",
                lambda: render_chooser("+12125550123", MANY, locale=LOCALE)),
        Example("New SMS", "From the shortcuts menu.", render_new_sms),
        Example("Look up a contact", "From the shortcuts menu, or for a message without a number.",
                lambda: render_look_up(said=NO_NUMBER_FOUND)),
        Example("Search calls", "From the shortcuts menu.", render_search_calls),
        Example("Look up a number", "After Look up this number, if no contact has it.",
                lambda: render_unknown_number("+12125550123", [], locale=LOCALE)),
        Example("Several customers in a message", "After Save as note.",
                lambda: render_choose_target(
                    [Target("+12125550123", facts.LONG_NAME, 4, "c" * 40)] * 60,
                    kind=NOTE, text="\u00e9\n" * 900, locale=LOCALE)),
        Example("No customer in a message", "After Save as note.",
                lambda: render_nothing_found(kind=NOTE)),
        Example("Edit a contact", "After Edit; Vocatech rejected a field.",
                lambda: render_contact_form(facts.FIELDS, facts.MARIA.fields, token="token",
                                            contact=facts.MARIA,
                                            problem=FieldProblem("It is too long.", "Notes"))),
        Example("The longest form of a contact", "90 fields fit; the others are kept.",
                lambda: render_contact_form(facts.MANY_FIELDS, {}, token="token")),
        Example("Erase a number", "After /vocatech forget and the number, for admins.",
                lambda: render_erasure_question("+12125550123", Held(12, 3, 1, 2),
                                                name="Maria Lopez", token="token",
                                                locale=LOCALE)),
        Example("Nothing to erase", "If nothing is stored about the number.",
                lambda: render_nothing_to_erase("+12125550123", locale=LOCALE)),
        Example("Number erased", "When it is done.",
                lambda: render_erased("+12125550123", locale=LOCALE)),
        Example("Delete a contact", "After Delete: asks for confirmation.",
                lambda: render_delete_modal(facts.MARIA, token="token")),
        Example("Contact that is gone", "If it was deleted while a modal was open.",
                lambda: render_words_modal("Contact", "This contact was deleted in Vocatech."
                                           " Nothing was changed.")),
    ),
)  # fmt: skip
