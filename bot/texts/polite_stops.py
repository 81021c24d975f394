"""Requests for no more texts in sentences, in five languages.

They are hints for colleagues, who decide; only keywords alone opt out automatically.
"""

import re
import unicodedata
from functools import cache, lru_cache

# No one asks to stop in a longer clause, and no text may cost much time.
_LONGEST_CLAUSE = 300

# Clauses that are such a request on their own. Not `cancel`, `end` or `quit`, which people also
# write about appointments.
_CLAUSES = frozenset(
    (
        *("stopall", "stop all", "opt out", "optout", "revoke", "remove me"),
        # Spanish
        *("baja", "alto", "basta", "no mas", "parar", "detener", "baja por favor", "desuscribir"),
        # French
        *("desabonnement", "desinscription", "desabonner", "desinscrire"),
        *("me desinscrire", "me desabonner", "desinscrivez moi", "desabonnez moi", "desabonne moi"),
        # German
        *("stopp", "abmelden", "abmeldung", "abbestellen", "austragen", "horen sie auf"),
        *("hoeren sie auf", "horen sie bitte auf", "bitte horen sie auf", "hor auf", "hort auf"),
        # Portuguese
        *("pare", "parem", "sair", "me remova"),
    )
)

_MESSAGES = r"(?:mensaje|mensagem|mensagen|message|texto|texte|text|sms|mms|whatsapp|spam)s?"

_COURTESY = (
    "please|pls|plz|now|it|this|thanks|thank you|thank u|thx|ty|already|stop|immediately|por favor"
    "|gracias|porfa|ya|s il vous plait|s il te plait|svp|stp|merci|bitte|danke|sofort"
    "|obrigado|obrigada|pfv"
)
_BEFORE_STOP = "ok|okay|hi|hello|no|please|pls|plz|just|hola|por favor|bonjour|svp|hallo|bitte|ola"

_END = rf"(?: (?:{_COURTESY}))*$"
_DO_NOT = r"\b(?:do not|don t|dont|no longer)"

_ENGLISH = (
    rf"^(?:(?:{_BEFORE_STOP}) )*(?:stop|stopp){_END}",
    rf"\b(?:please|pls|plz) stop{_END}",
    rf"\b(?:i|we) said stop{_END}|^stop (?:i|we) said$|^s t o p$",
    rf"^(?:(?:{_BEFORE_STOP}) )*(?:remove|remove me|take me off){_END}",
    rf"^(?:can|could|will|would) you (?:(?:please|just) )*stop{_END}",
    rf"\bwrong (?:number|person)\b.* (?:stop|remove){_END}",
    (
        r"^(?:stop|end|cancel)(?: (?:all|the|these|those|your))*"
        rf" (?:texts|messages|msgs?|sms|txts?){_END}"
    ),
    (
        r"\b(?:stop|quit|cease)(?: (?:all|the|these|those|your|with|it))*"
        r" (?:text\w*|txt\w*|messag\w*|msg\w*|sms\w*|sending|send|contacting|spamm?\w*)\b"
    ),
    r"\b(?:stop|quit|cease) (?:calling|phoning|bothering|harassing) (?:me|us)\b",
    (
        r"\b(?:do not|don t|dont|never|no longer)(?: (?:want|wish|like))?(?: (?:to|you|any|ever))*"
        r" (?:text|message|sms|contact|send me)\b"
        r".*\b(?:me|us|this number|again|texts|messages|anymore)\b"
    ),
    r"^(?:please )?(?:do not|don t|dont) (?:text|message|contact)$",
    # Not "I never get messages here".
    (
        rf"{_DO_NOT} (?:want|wish|like)(?: (?:to|any|more))*"
        r" (?:receive|get|be texted|be contacted)\b"
        r".*\b(?:texts|messages|sms|by you|anymore|again)\b"
    ),
    rf"{_DO_NOT} want(?: (?:these|those|your|any|more))* (?:texts|messages)\b",
    r"\bno more (?:text|message|sms)\w*",
    (
        r"\b(?:take|remove|delete) (?:me|us|my number|this number) (?:off|from)"
        r"(?: (?:your|this|the|that|all|any|these))*"
        r"(?: (?:mailing|texting|text|sms|contact|phone|call))*"
        r" (?:lists?|system|database|records|texts|messages)\b"
    ),
    (
        r"\bbe (?:removed|taken off|unsubscribed)(?: (?:from|of))?(?: (?:your|this|the|these|all))*"
        r" (?:lists?|texts|messages)\b"
    ),
    rf"^enough(?: (?:with|of))?(?: (?:the|these|your|all))* (?:texts|messages|texting){_END}",
    r"\b(?:remove|delete|lose) (?:my|this) number(?: (?:please|now|thanks))*$",
    r"\bunsu(?:b|s)\w*\b|\bleave (?:me|us) alone\b",
    r"\bopt (?:me|us)\b|\bopt(?: (?:me|us))? out (?:me|us|from|of|please)\b|\bopt(?:ing)? out\b",
)

_SPANISH = (
    # Imperatives only: "no me mandaron el mensaje" is a complaint.
    (
        r"\bno (?:me|nos) (?:envie|mande)(?:n|s)?(?: mas)?"
        rf"(?: (?:estos|esos|sus|tus|otros|ningun|mas))* (?:{_MESSAGES}|publicidad)\b"
    ),
    rf"^(?:por favor )?no (?:envien|manden|envie) mas {_MESSAGES}\b",
    (
        r"\bno (?:me|nos) (?:envie|mande|escriba|contacte|moleste)(?:n|s)?"
        r"(?: (?:nada|nunca))?(?: mas)?(?: (?:a|en) este numero)?(?: (?:por favor|gracias))*$"
    ),
    (
        r"\bno (?:quiero|deseo|queremos)(?: recibir)?(?: (?:mas|sus|estos))*"
        rf" (?:{_MESSAGES}|publicidad)\b"
    ),
    (
        r"\b(?:deja|dejen|deje|para|paren|pare) de"
        r" (?:escribir|mandar|enviar|contactar|molestar|mensajear)"
    ),
    rf"\bno mas (?:{_MESSAGES}|publicidad)\b",
    (
        r"\b(?:darme|dame|denme|deme|dar|denos) de baja"
        rf"(?: (?:por favor|gracias|ya|de (?:esta|la|su|estos|los|sus) (?:lista|{_MESSAGES})))*$"
    ),
    r"\b(?:quit|borr|elimin|sac)\w*(?:me|nos) de (?:la|su|esta|tu|sus) listas?\b",
)

_FRENCH = (
    rf"^(?:(?:{_COURTESY}) )*(?:arretez?|stoppez?){_END}",
    (
        r"\b(?:arret|cess|stopp)\w* (?:de|d) (?:me |m |nous )?"
        r"(?:envoyer|ecrire|contacter|spammer|texter|harceler)\b"
    ),
    rf"\b(?:arretez?|stoppez?) (?:les|vos|ces|tes|ce) (?:{_MESSAGES}|spams?|envois?)\b",
    (
        r"\bne (?:m|me|nous) (?:envoyez|envoie|ecrivez|ecris|contactez|contacte|textez|texte) plus"
        rf"(?: rien| (?:de|d|aucun|vos|ces|tes|des) {_MESSAGES})?(?: (?:jamais|{_COURTESY}))*$"
    ),
    rf"\bne (?:m|me|nous) (?:envoyez|envoie) (?:pas|plus) (?:de|d|vos|ces|aucun) {_MESSAGES}\b",
    r"\bne plus (?:m|me|nous) (?:ecrire|contacter|texter)\b",
    rf"\bne plus (?:m|me|nous) envoyer (?:de|d|vos|ces|aucun) {_MESSAGES}\b",
    (
        r"\bne (?:veux|souhaite|desire|voudrais|souhaitons|voulons) (?:plus|pas)"
        rf"(?: (?:recevoir|de|d|vos|ces|aucun|etre))* (?:{_MESSAGES}|contactee?)\b"
    ),
    rf"^plus (?:de|aucun) {_MESSAGES}{_END}",
    r"\b(?:me|nous) (?:desabonner|desinscrire)$",
    (
        r"\b(?:retire|enleve|supprime|efface|raye)\w* (?:moi|nous|mon numero|notre numero)"
        r" (?:de|des) (?:votre|vos|la|cette|ta) (?:liste|fichier)"
    ),
)

_NOTHING_MORE = r"keine(?: (?:weiteren|weitere|mehr))? (?:nachrichten|sms|texte|whatsapps?|werbung)"

_GERMAN = (
    # Not "ich schreibe keine Nachrichten beim Fahren".
    (
        rf"\b(?:schick|send|schreib)\w*(?: sie| ihr)?(?: bitte)? (?:mir|uns)(?: bitte)?"
        rf" {_NOTHING_MORE}\b"
    ),
    rf"^(?:bitte )?(?:schick|send)\w*(?: sie| ihr)?(?: bitte)? {_NOTHING_MORE}(?: mehr| bitte)*$",
    rf"^(?:bitte )?{_NOTHING_MORE}(?: (?:mehr|senden|schicken|an mich|bitte|danke))*$",
    (
        r"\b(?:mochte|moechte|mochten|moechten|will|wollen|wunsche)(?: (?:bitte|ab jetzt))*"
        rf" {_NOTHING_MORE}\b"
    ),
    (
        r"\b(?:schreib|kontaktier|text)\w*(?: sie| ihr)? (?:mir|mich|uns)(?: bitte)?"
        r" (?:nicht mehr|nie wieder|nie mehr)(?: (?:bitte|danke))*$"
    ),
    r"\bbitte (?:mir |mich )?(?:nicht mehr|nie wieder) (?:an)?(?:schreiben|kontaktieren|texten)\b",
    r"\bh(?:o|oe)r\w*(?: sie| ihr)?(?: bitte)? auf (?:mir|uns|mich|damit)\b",
    r"\bh(?:o|oe)r\w*(?: sie| ihr)?(?: bitte)? auf zu (?:schreiben|texten|schicken|senden)\b",
    (
        r"\b(?:nehm|nimm|streich|losch|loesch|entfern|trag)\w*(?: sie| ihr)?(?: bitte)?"
        r" (?:mich|uns|meine nummer|diese nummer)(?: bitte)?"
        r" (?:aus|von) (?:ihr|der|eur|dem|dies)\w*"
        r" (?:liste|verteiler|kartei|datenbank|system)(?: (?:bitte|danke|aus))*$"
    ),
    r"\b(?:losch|loesch|entfern)\w*(?: sie| ihr)?(?: bitte)? (?:meine|diese) nummer(?: bitte)?$",
    r"\b(?:mich|uns)(?: bitte)? (?:abmelden|austragen|von der liste)\b",
    r"\blass\w*(?: sie| ihr)? (?:mich|uns)(?: bitte)? in ruhe\b",
    rf"^(?:bitte )?(?:abmelden|austragen|abbestellen){_END}",
)

_PORTUGUESE = (
    (
        r"\b(?:pare|parem|para|deixe|deixem) de (?:me |nos )?"
        r"(?:enviar|mandar|escrever|contatar|contactar|incomodar|perturbar)"
    ),
    (
        r"\bnao (?:me |nos )?(?:envie|mande|escreva|contate|contacte|perturbe|incomode)m?"
        r"(?: me)? mais"
        rf"(?: (?:nada|nenhuma|essas|suas))*(?: {_MESSAGES})?(?: (?:por favor|{_COURTESY}))*$"
    ),
    # Not "não mande mensagem, me ligue".
    (
        r"\bnao (?:me |nos )?(?:envie|mande)m?(?: me)?(?: (?:mais|essas|suas))*"
        r" (?:mensagens|sms|spam)\b"
    ),
    rf"\bnao (?:quero|desejo|queremos)(?: (?:mais|receber|suas|essas|nenhuma))* {_MESSAGES}\b",
    rf"^(?:chega de|sem mais|nada de) {_MESSAGES}{_END}",
    r"\bme (?:tire|retire|remova|exclua|apague)m? (?:da|de|desta|dessa)\b|\bdescadastr\w*",
    r"\b(?:tire|retire|remova|exclua|apague)m?(?: o)? (?:me|meu numero) (?:da|de|desta|dessa)\b",
)

_END_OF_CLAUSE = re.compile(r"[.!?¡¿\n;,:–—]+|\s-+\s")

# `S.T.O.P.` is one clause.
_SPELLED = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]\b)")

_WORD = re.compile(r"[^\W_]+")


@cache
def _sentences() -> re.Pattern[str]:
    """Compile the sentences at the first text, since that takes a tenth of the app's start."""
    return re.compile("|".join([*_ENGLISH, *_SPANISH, *_FRENCH, *_GERMAN, *_PORTUGUESE]))


@lru_cache(maxsize=256)  # a thread's texts are read again with each new one; 0.5 ms for 100 letters
def asks_to_stop(body: str | None) -> bool:
    """Return whether a text may ask for no more texts, in other words than a keyword alone.

    Colleagues see a hint and decide, since sentences can be misread.
    """
    parts = _END_OF_CLAUSE.split(_SPELLED.sub(r"\1 ", body or ""))
    clauses = (_fold(one[:_LONGEST_CLAUSE]) for one in parts)
    return any(one in _CLAUSES or _sentences().search(one) for one in clauses if one)


def _fold(text: str) -> str:
    """Return the words in lower case without accents: not everyone types them."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(_WORD.findall(plain))
