"""Parsing of phone numbers: what people type, fill in, and what Vocatech sends."""

import time

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bot.models.contacts import read_numbers
from bot.phone_numbers import (
    EndUnclear,
    is_emergency,
    is_premium,
    is_same_country,
    may_be_mobile,
    normalise,
    parse_numbers,
    split_number,
)
from bot.phone_numbers.messages import numbers_in

REGIONS = ["US", "CA", "GB", "DE", "AT", "CH", "FR", "IT", "ES", "IE", "AU", "NZ", "IN", "MX", "BR"]
REGIONS += ["NL", "BE", "SE", "NO", "DK", "FI", "PL", "CZ", "JP", "KR", "ZA", "SG", "IL", "AR"]
STYLES = [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL]


def written_forms(number, style):
    text = phonenumbers.format_number(number, style)
    yield text
    yield text.replace(" ", ".")
    yield text.replace(" ", "-")
    yield text.replace(" ", " ")
    yield text.replace(" ", "")
    yield text.replace("-", "\u2011")
    yield f"\u202a{text}\u202c"
    yield "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in text)


@st.composite
def typed_numbers(draw):
    region = draw(st.sampled_from(REGIONS))
    kind = draw(st.sampled_from([PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE]))
    number = phonenumbers.example_number_for_type(region, kind)
    digits = draw(st.text("0123456789", min_size=4, max_size=4))
    varied = phonenumbers.parse(
        phonenumbers.format_number(number, PhoneNumberFormat.E164)[:-4] + digits, region
    )
    assume(phonenumbers.is_valid_number(varied))
    written = draw(st.sampled_from([*written_forms(varied, draw(st.sampled_from(STYLES)))]))
    return region, phonenumbers.format_number(varied, PhoneNumberFormat.E164), written


SIGNED = [".5 mg", ".99 each", ":) ok", ":-( no", ";) ok", "-5 °C", ":acme: hi"]
TEXTS = st.one_of(
    st.sampled_from(["10 Uhr passt", "3 Stueck", "20", "4 tickets, please", "1.5 kg", "2", "5/6"]),
    st.sampled_from(SIGNED),
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"]), min_size=1),
)


@given(typed_numbers(), st.sampled_from([" ", "  ", ", ", "\n", ": "]), TEXTS)
def test_number_and_text_come_back_unchanged_or_the_person_is_asked(typed, separator, text):
    region, number, written = typed
    begins_with_a_sign = text[0].isspace() or text[0] in ",;:.·•∙#x()/-+"
    assume(text in SIGNED or (not begins_with_a_sign and text == text.strip()))
    assume(not text.lower().startswith(("x", "ext", "durchwahl", "poste")))
    try:
        found = split_number(f"{written}{separator}{text}", region)
    except EndUnclear as unclear:
        assert number in unclear.choices  # noqa: PT017 (asking is one of two right answers)
        return
    assert (found.number, f"{written}{separator}{text}"[found.end :]) == (number, text)


@pytest.mark.parametrize(
    ("typed", "region", "number", "rest"),
    [
        ("0664 1234567 10 Uhr passt", "AT", "+436641234567", "10 Uhr passt"),
        ("+49 171 1234567 3 Stueck", "DE", "+491711234567", "3 Stueck"),
        ("0151 12345678 20 Uhr", "DE", "+4915112345678", "20 Uhr"),
        ("01711234567 3 Stueck", "DE", "+491711234567", "3 Stueck"),
        ("415-555-0121, hello", "US", "+14155550121", "hello"),
        ("212 555 0138 10 am works", "US", "+12125550138", "10 am works"),
        ("tel:+14155550121 hi", "US", "+14155550121", "hi"),
        ("+16795550123 hi", "US", "+16795550123", "hi"),
        ("(+1) 212 555 0138 hi", "US", "+12125550138", "hi"),
        ("(+49) 171 1234567 hi", "US", "+491711234567", "hi"),
        ("090-1234-5678、10時", "JP", "+819012345678", "10時"),
        ("212-555-0138 #1 fan of yours", "US", "+12125550138", "#1 fan of yours"),
        ("212-555-0138, x2 tickets", "US", "+12125550138", "x2 tickets"),
        ("312 345 hola", "AD", "+376312345", "hola"),
        ("91765 43210 10,000 due", "IN", "+919176543210", "10,000 due"),
        ("*212-555-0138* hi", "US", "+12125550138", "hi"),
        ("`(212) 555-0138` hi", "US", "+12125550138", "hi"),
        ("*_212 555 0138_*, *hi*", "US", "+12125550138", "*hi*"),
        ("[+1 212 555 0138] hi", "US", "+12125550138", "hi"),
        ("212-555-0138 .5 mg twice a day", "US", "+12125550138", ".5 mg twice a day"),
        ("212-555-0138, .99 each", "US", "+12125550138", ".99 each"),
        ("212-555-0138 :) thanks", "US", "+12125550138", ":) thanks"),
        ("+43 664 1234567: ;-) danke", "AT", "+436641234567", ";-) danke"),
        ("212-555-0138 :30 train", "US", "+12125550138", ":30 train"),
        ("212-555-0138 ...or at 9", "US", "+12125550138", "...or at 9"),
        ("212-555-0138 :acme_logo: hi", "US", "+12125550138", ":acme_logo: hi"),
        ("212-555-0138:acme_logo: hi", "US", "+12125550138", ":acme_logo: hi"),
        # Also if it would be a number without its last digits.
        ("+39 02 1287 3954, ciao", "IT", "+390212873954", "ciao"),
        ("212-555-0138 :hello", "US", "+12125550138", "hello"),
        ("212-555-0138 , - hello", "US", "+12125550138", "hello"),
    ],
)
def test_number_ends_where_the_person_ended_it(typed, region, number, rest):
    found = split_number(typed, region)
    assert (found.number, typed[found.end :]) == (number, rest)


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        *(("(212) 555-0138 ext 4 hello", "hello"), ("212-555-0138x4 hi", "hi")),
        *(("212-555-0138 ext4 hi", "hi"), ("212-555-0138#4 hi", "hi"), ("212-555-0138 #4", "")),
    ],
)
def test_extension_is_no_part_of_the_text(typed, rest):
    found = split_number(typed, "US")
    assert (found.number, found.extension, typed[found.end :]) == ("+12125550138", "4", rest)


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        *(("030 123456 78", "DE"), ("0171 123 4567 3", "DE")),
        *(("0171 1234567 8, or at 9", "DE"), ("020-12/34 56 tickets", "SE")),
        *(("0171 447 88 58 5,50 Euro", "DE"), ("0171 123 45 67 8, 20", "DE")),
        ("91765 43210 10, 11 or 12?", "IN"),
    ],
)
def test_unclear_end_is_a_question(typed, region):
    with pytest.raises(EndUnclear):
        split_number(typed, region)


def test_many_spaces_are_read_in_little_time():
    spaces = " " * 3_000
    assert split_number(f"2125550138{spaces}5", "US").number == "+12125550138"
    assert parse_numbers(f"2125550138{spaces}home", "US") == ("+12125550138",)
    assert split_number(f"2125550138   ext. 4{spaces}", "US").extension == "4"
    began = time.process_time()
    assert split_number(f"2125550138{' ' * 20_000}hi", "US").end == 20_010
    assert numbers_in("x" * 10_000, "US", most=1) == ()
    assert time.process_time() - began < 1


def test_word_before_a_colon_follows_a_number_and_a_semicolon():
    text = "212-555-0138;note: hi"
    assert text[split_number(text, "US").end :] == "note: hi"


def test_many_groups_of_digits_are_read_in_little_time():
    with pytest.raises(EndUnclear):
        split_number("1 " * 50_000, "US")


@pytest.mark.parametrize(
    "typed",
    [
        "123",
        "555-0138",
        "415-555-0162/3",
        "Maria",
        "24 Hour Fitness",
        "",
        "+",
        "*672125550138",
        "*67 212 555 0138",
    ],
)
def test_text_that_begins_with_no_number_has_none(typed):
    assert split_number(typed, "US") is None


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("4915112345678", "DE", "+4915112345678"),
        ("447911123456", "US", "+447911123456"),
        ("0014155550121", "US", "+14155550121"),
        ("0050031234", "US", "+50031234"),
        ("0055 81 96132-6452", "BR", "+5581961326452"),
        ("0021 55 11 96123-4567", "BR", "+5511961234567"),
        ("(0xx31) 99101-9846", "BR", "+5531991019846"),
        ("+5215512345678", "US", "+525512345678"),
        ("1-800-GOT-JUNK", "US", "+18004685865"),
        ("(212) 555-0138 ext 4", "US", "+12125550138"),
        ("\u202d+1 (415) 555\u20110121\u202c", "US", "+14155550121"),
        ("415\u2013555\u20130121\ufe0d", "US", "+14155550121"),
        ("tel:+14155550121", "US", "+14155550121"),
        ("sip:+14155550121@pbx.example", "US", "+14155550121"),
        ("sip:+14155550121@pbx.example;user=phone", "US", "+14155550121"),
        ("+14155550121;cpc=ordinary", "US", "+14155550121"),
        ('"Maria" <sip:+14155550121@pbx.example>', "US", "+14155550121"),
        ("212·555·0138", "US", "+12125550138"),
        ("(+52) 1 55 1234 5678", "US", "+525512345678"),
        ("5215512345678", "US", "+525512345678"),
        ("011 52 1 55 1234 5678", "US", "+525512345678"),
        ("0052 1 55 1234 5678", "DE", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("312 345", "AD", "+376312345"),
        ("20.12.34.56", "DK", "+4520123456"),
    ],
)
def test_other_ways_to_write_a_number_are_read(typed, region, number):
    assert normalise(typed, region) == number


@pytest.mark.parametrize(
    "sender",
    [
        *("sip:alice@10.20.130.140", "INFO1234567", "555-0123", "72345", "10.20.130.140"),
        *("10.20.130.140:5060", "sip:10.20.130.140", "+1 212 555 O138", "2l2-555-0l38"),
    ],
)
def test_sender_that_is_no_number_stays_as_it_came(sender):
    assert normalise(sender, "US") == sender


@pytest.mark.parametrize(
    "digits",
    ["+266696687", "+7378742833", "+2562533", "+86282452253", "+1266696687", "12562533"],
)
def test_withheld_number_spelled_on_a_keypad_is_no_number(digits):
    assert normalise(digits, "US") is None


@pytest.mark.parametrize("region", ["US", "GB", "DE"])
@pytest.mark.parametrize(
    "digits", ["0000000000", "+10000000000", "+11111111111", "+0000000", "+11234567890"]
)
def test_one_digit_over_and_over_is_no_number(digits, region):
    assert normalise(digits, region) is None


@pytest.mark.parametrize(
    ("digits", "region"), [("99999999", "DK"), ("22222222", "NO"), ("01234567890", "GB")]
)
def test_number_in_use_with_such_digits_is_a_number(digits, region):
    assert normalise(digits, region) is not None


def test_extension_of_one_digit_is_kept():
    assert normalise("1111", "US") == "1111"


def test_number_of_austin_is_not_taken_for_a_withheld_one():
    assert normalise("7378742833", "US") == "+17378742833"


@pytest.mark.parametrize(
    ("field", "region", "numbers"),
    [
        ("0664 / 660 12 34", "AT", ["+436646601234"]),
        ("01 / 688 12 34", "AT", ["+4316881234"]),
        ("+43 664 / 660 12 34 / +43 1 / 688 12 34", "AT", ["+436646601234", "+4316881234"]),
        ("0171 / 1234567", "DE", ["+491711234567"]),
        ("Mobil 0171 / 1234567, Büro: 030 / 7654321", "DE", ["+491711234567", "+49307654321"]),
        ("+49 (0) 151 / 23 45 67 89", "DE", ["+4915123456789"]),
        ("0049 (0) 171 / 1 23 45 67", "DE", ["+491711234567"]),
        ("+49 / 171 / 1234567", "DE", ["+491711234567"]),
        ("030 / 1234567 / 0171 / 1234567", "DE", ["+49301234567", "+491711234567"]),
        ("030/1234567 / 0171/1234567", "DE", ["+49301234567", "+491711234567"]),
        ("030 123 45 67 / 68", "DE", ["+49301234567"]),
        ("12 / 0171 1234567", "DE", ["+491711234567"]),
        ("06 / 12345678", "NL", ["+31612345678"]),
        ("333 / 1234567", "IT", ["+393331234567"]),
        ("02 123456 / 333 1234567", "IT", ["+3902123456", "+393331234567"]),
        ("040 / 401 2345", "FI", ["+358404012345"]),
        ("02 / 9876 5432", "AU", ["+61298765432"]),
        ("212 / 555-0138", "US", ["+12125550138"]),
        ("ext 101 / 212-555-0138", "US", ["+12125550138"]),
        ("311 / 411", "US", []),
    ],
)
def test_area_code_before_a_slash_belongs_to_its_number(field, region, numbers):
    assert parse_numbers(field, region) == tuple(numbers)


@pytest.mark.parametrize(
    ("field", "numbers"),
    [
        ("415-555-0162 cell", ["+14155550162"]),
        ("415-555-0162 (mobile)", ["+14155550162"]),
        ("415-555-0162 - home", ["+14155550162"]),
        ("home: 415-555-0162 work: 415-555-0163", ["+14155550162", "+14155550163"]),
        ("415-555-0162 / 415-555-0163", ["+14155550162", "+14155550163"]),
        ("415-555-0162, 415-555-0163", ["+14155550162", "+14155550163"]),
        ("415-555-0162\n415-555-0163", ["+14155550162", "+14155550163"]),
        ("+14155550162;+14155550162", ["+14155550162"]),
        ("1-800-GOT-JUNK", ["+18004685865"]),
        ("447911123456 (mobile)", ["+447911123456"]),
        ("home: 4915112345678", ["+4915112345678"]),
        ("customer 4711, 4915112345678 cell", ["+4915112345678"]),
        ("4915112345678@sip.example", []),
        ("order no. 123456789012", []),
        ("679-555-0123 cell", ["+16795550123"]),
        ("home 00442079460123", ["+442079460123"]),
        ("00442079460123@sip.example", []),
        ("pat@555-0123.com", []),
        ("n/a", []),
        *(("212-555-XXXX", []), ("(212) 555-xxxx", []), ("212-555-XXXX cell", [])),
    ],
)
def test_all_numbers_of_a_field_are_found(field, numbers):
    assert [*parse_numbers(field, "US")] == numbers


@pytest.mark.parametrize(
    "field",
    [
        *("15123456780.0", "4915123456780.0", "4915123456780.00", "15123456780,00"),
        *("1.512345678E10", "4.91512345678E12", "4.91512345678E+12", "4,91512345678E+12"),
        *("15123456780.0; +4915123456780", "home: 15123456780.0", "+4915123456780.0"),
    ],
)
def test_number_that_a_table_exports_as_an_amount_has_no_digit_more_or_less(field):
    assert {*read_numbers({"Phone": field}, ["Phone"], "DE")} == {"+4915123456780"}


@pytest.mark.parametrize(
    "field",
    [
        *("https://wa.me/15062345678", "wa.me/+15062345678", "+49+15062345678", "+49 +15062345678"),
        *("https://api.whatsapp.com/send?phone=15062345678&text=hi", "%2B15062345678"),
        *("tel:%2B15062345678", "00+15062345678", "++15062345678", "WhatsApp: wa.me/15062345678"),
    ],
)
def test_number_in_a_link_or_with_a_plus_inside_is_international(field):
    # 015062345678 is one of Germany, too.
    assert parse_numbers(field, "DE") == ("+15062345678",)


def test_number_that_a_table_rounded_is_none():
    for field in ("4.91512E+12", "4,91512E+12", "4.9E+12", "1.51235E+10", "1,51235E10"):
        assert parse_numbers(field, "DE") == ()


@pytest.mark.parametrize(
    ("field", "region", "numbers"),
    [
        ("(201) 555-0702 (2)", "US", ["+12015550702"]),
        ("415-555-0162/3", "US", ["+14155550162"]),
        ("(415) 555-0162-3", "US", []),
        ("4155550162.3", "CA", ["+14155550162"]),
        ("9195550123/45", "US", ["+19195550123"]),
        ("+39 02 1234 5678/79", "IT", ["+390212345678"]),
        ("+358 9 1234 5678/79", "FI", ["+358912345678"]),
        ("+352 27 12 34 56/57", "LU", ["+35227123456"]),
        ("9178521717/11", "IN", ["+919178521717"]),
        ("82621 29972 (2)", "IN", ["+918262129972"]),
        ("Ravi 85807 30215 2 pm", "IN", ["+918580730215"]),
        ("Flat 12 85807 30215", "IN", ["+918580730215"]),
        ("85807 30215 93681 93036", "IN", ["+918580730215", "+919368193036"]),
        ("+91 85807 30215/93681 93036", "IN", ["+918580730215", "+919368193036"]),
        ("0171 323 64 05 (2)", "DE", ["+491713236405"]),
        ("+49 171 917 2154 (2)", "DE", ["+491719172154"]),
        ("33 97 22 76 98 (2)", "MX", ["+523397227698"]),
        ("031 99398-7207(2)", "BR", ["+5531993987207"]),
        ("080・6601・1491", "JP", ["+818066011491"]),
        ("(11) 3123-4567/68", "BR", ["+551131234567"]),
        ("Tel.: 0XX31 99101-9846 / 0xx 31 3123-4567", "BR", ["+5531991019846", "+553131234567"]),
        ("005511961234567 cel", "BR", ["+5511961234567"]),
        ("55 1234 5678/79 oficina", "MX", ["+525512345678"]),
        ("32 12 34 56/57", "DK", ["+4532123456"]),
        ("01 234 5678/9", "IE", ["+35312345678"]),
        ("030 269668 24/7", "DE", ["+4930269668"]),
        ("Tel +49 30 269668 9-17", "DE", ["+4930269668"]),
        ("Tel +49 30 269668 2024", "DE", ["+4930269668"]),
        ("+49 30 269668 10115 Berlin", "DE", ["+4930269668"]),
        ("Tel +43 1 5131234 1010 Wien", "AT", ["+4315131234"]),
        ("030 269668 12/2024", "DE", ["+4930269668"]),
        ("(800)-231-6299 1", "US", ["+18002316299"]),
        ("201 570-8775 2nd floor", "US", ["+12015708775"]),
        ("030 269668 2nd floor", "DE", ["+4930269668"]),
        ("+43 664 1234567 24h", "AT", ["+436641234567"]),
        ("01 234567011 (2)", "AT", ["+431234567011"]),
        ("+64211234569 2 Kinder", "NZ", ["+64211234569"]),
        ("070-123 45 71 2nd", "SE", ["+46701234571"]),
        ("(11) 96123-4533 8-17 Uhr", "BR", ["+5511961234533"]),
        ("0501 214 47 14 9am-5pm", "TR", ["+905012144714"]),
        ("+1 201-555-0164 24/7", "MX", ["+12015550164"]),
        ("+1 201-554-0995 2 Kinder", "KR", ["+12015540995"]),
        ("1) 08123 456789, 2) 0171 1234567", "DE", ["+498123456789", "+491711234567"]),
        ("1. +353 22 12307", "IE", ["+3532212307"]),
        ("1. tel:+3532212307", "IE", ["+3532212307"]),
        ("(2) 0121-2204061 home", "GB", ["+441212204061"]),
        ("1. 08-123134", "SE", ["+468123134"]),
        ("1 - 312/3664598", "IT", ["+393123664598"]),
        ("2) 0212 3044008; 3. 0532 1234567", "TR", ["+902123044008", "+905321234567"]),
        # Area codes without their 0.
        ("(8) 123 45 67", "SE", ["+4681234567"]),
        ("(1) 42 34 56 78", "FR", ["+33142345678"]),
        ("(2) 9374 4000", "AU", ["+61293744000"]),
        ("#1 312 340 2832", "IT", ["+393123402832"]),
        ("34 41 22 00 bis 30.11.2026", "DK", ["+4534412200"]),
        ("+49 (0) 171 1234567 24h", "DE", ["+491711234567"]),
        # What follows the area code looks like a number of its own.
        ("+49(0)171 0272360", "DE", ["+491710272360"]),
        ("Mobile +49(0)171 0272360", "DE", ["+491710272360"]),
        ("+49(0)1513 0272360", "DE", ["+4915130272360"]),
        ("+49(0)171/0272360 home", "DE", ["+491710272360"]),
        ("+358(0)41 0750684", "FI", ["+358410750684"]),
        ("0049 171 1234567 (2)", "DE", ["+491711234567"]),
        ("06 12 34 56 78 am Abend", "FR", ["+33612345678"]),
        ("061 234 56 78 am Abend", "FR", ["+33612345678"]),
        ("0664 123417/2) 0664 123418", "AT", ["+43664123417", "+43664123418"]),
        # In groups that are unusual in its country, but all of it is the number.
        ("030 123456 78", "DE", ["+493012345678"]),
        ("041-23238-93", "FI", ["+358412323893"]),
        ("07911 123 456 (mobile)", "GB", ["+447911123456"]),
        ("Tel +49 221 1234 5678", "DE", ["+4922112345678"]),
        ("Tel. +49 (69) 123 456 78", "DE", ["+496912345678"]),
        ("+49 30 1236 36 (Home)", "DE", ["+4930123636"]),
        ("+49 (30) 108 377 mobil", "AT", ["+4930108377"]),
        ("home: +358 41 2383 867", "FI", ["+358412383867"]),
        ("Tel +43 1 2345 6741 24h", "AT", ["+43123456741"]),
    ],
)
def test_digits_of_a_note_are_no_part_of_a_number(field, region, numbers):
    assert [*parse_numbers(field, region)] == numbers


@pytest.mark.parametrize(
    ("field", "region", "numbers"),
    [
        ("011 39 312 345 6789", "US", ["+393123456789"]),
        ("(011) 39 312 345 6789 cell", "US", ["+393123456789"]),
        ("01139 312 345 6789", "CA", ["+393123456789"]),
        ("011 +39 312 345 6789 (mobile)", "US", ["+393123456789"]),
        ("+52 1 818 355 4567", "US", ["+528183554567"]),
        ("+52 1 818 355 4567 cell", "US", ["+528183554567"]),
        ("011 52 1 55 1234 5678 cell", "US", ["+525512345678"]),
        ("+52 1 818 355 4567, 818-355-4568", "US", ["+528183554567", "+18183554568"]),
        ("52 818 355 4567", "US", ["+528183554567"]),
        ("011 52 1 818 355 4567", "US", ["+528183554567"]),
        ("(91) 212 555 0138", "US", ["+912125550138"]),
        ("+32 06 12 34 56 78 (mobile)", "FR", ["+32612345678"]),
        ("00 32 06 12 34 56 78", "FR", ["+32612345678"]),
        ("00 33 01 23 45 22 22", "NO", ["+33123452222"]),
        ("(+380) 05 0123 2958 cell", "IT", ["+380501232958"]),
        ("0011 44 0412 345 678", "AU", ["+44412345678"]),
        ("+353 020 7946 0123", "GB", ["+3532079460123"]),
        ("+49 0171 1234567 (mobil)", "DE", ["+491711234567"]),
        # No number, but least of all one of the US.
        ("001 52 818 355 4567 cell", "US", []),
        ("(39) 0121 234 5899 cell", "GB", []),
        ("00 0121 234 6139", "GB", []),
        ("+33 212 555 0123", "US", []),
        ("011 33 212 555 0123 cell", "US", []),
        # No codes.
        ("9 212 555 0138", "US", ["+12125550138"]),
        ("12 212 555 0138", "US", ["+12125550138"]),
        ("10:00 212 555 0138", "US", ["+12125550138"]),
        ("+1 212 555 0138 212 555 0139", "US", ["+12125550138", "+12125550139"]),
        ("+393123456789 212 555 0139", "US", ["+393123456789", "+12125550139"]),
    ],
)
def test_number_after_the_code_of_another_country_is_none_of_ours(field, region, numbers):
    assert [*parse_numbers(field, region)] == numbers
    if field.lstrip("(")[0] in "+0":  # within a text, digits alone are no code
        assert {*numbers_in(f"Call {field} today", region, most=9)} == {*numbers}


@given(
    typed_numbers(),
    st.sampled_from(["", "home: ", "1) ", "(1) ", "#1 ", "Tel1: ", "2nd: ", "24/7: "]),
    st.sampled_from(["24h", "2nd floor", "(mobile)", "8-17 Uhr", "9am-5pm", "ext 4", "since 2024"]),
)
def test_label_and_note_never_change_the_number(typed, label, note):
    region, number, written = typed
    found = parse_numbers(f"{label}{written} {note}", region)
    assert found in ((number,), ())


@pytest.mark.parametrize("number", ["+18765550123", "+18095550123", "+16045550123"])
def test_countries_that_share_a_code_are_told_apart(number):
    assert not is_same_country(number, "US")


@pytest.mark.parametrize(("number", "region"), [("+18005550123", "US"), ("+18005550123", "CA")])
def test_toll_free_number_is_of_each_country_that_uses_it(number, region):
    assert is_same_country(number, region)


def test_premium_number_is_known():
    assert is_premium("+19005550123")
    assert not is_premium("+12125550123")


@pytest.mark.parametrize("region", ["US", "GB", "DE"])
@pytest.mark.parametrize(
    "number", ["911", "112", "999", "000", " 9-1-1 ", "９１１", "tel:911", "+911"]
)
def test_emergency_numbers_of_the_world_are_known_everywhere(number, region):
    assert is_emergency(number, region)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        *(("+1911", "US"), ("+1 (911)", "DE"), ("1911", "US"), ("011 1 911", "US")),
        *(("110", "DE"), ("+49110", "US"), ("+49 110", "DE"), ("0049110", "DE"), ("49112", "DE")),
        *(("+44999", "US"), ("15", "FR"), ("+33 15", "FR"), ("+1 112", "CA")),
    ],
)
def test_an_emergency_number_of_a_country_is_known_with_its_code_too(number, region):
    assert is_emergency(number, region)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        *(("(212) 555-0123", "US"), ("+12125550911", "US"), ("911 555 0123", "US")),
        *(
            ("101", "US"),
            ("110", "US"),
            ("9112", "US"),
            ("72911", "US"),
            ("", "US"),
            ("Maria", "US"),
        ),
        *(("+491151234567", "DE"), ("1" * 400, "US"), ("+", "US")),
    ],
)
def test_other_numbers_are_no_emergency_numbers(number, region):
    assert not is_emergency(number, region)


@pytest.mark.parametrize("number", ["+493012345678", "+442071838750", "+33142685300"])
def test_landline_is_known_where_numbers_tell(number):
    assert not may_be_mobile(number)


@pytest.mark.parametrize(
    "number",
    ["+12125550123", "+18005550123", "+4915112345678", "+447911123456", "101", "", "Anonymous"],
)
def test_number_that_does_not_tell_may_be_a_mobile(number):
    assert may_be_mobile(number)
