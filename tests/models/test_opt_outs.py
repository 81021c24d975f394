"""Opt-out and opt-in keywords."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.opt_outs import START_WORDS, STOP_WORDS, OptOutKeyword, parse_opt_out
from bot.texts.polite_stops import asks_to_stop

AROUND = st.text(" \t\n.,;:!?\"'“”«»()*_-–…🛑", max_size=4)


@given(st.sampled_from(STOP_WORDS), AROUND, AROUND, st.sampled_from(["NFC", "NFD"]), st.data())
def test_stop_word_alone_is_recognized_in_any_spelling(word, before, after, form, data):
    cases = data.draw(st.lists(st.booleans(), min_size=len(word), max_size=len(word)))
    written = "".join(c.upper() if up else c for c, up in zip(word, cases, strict=True))
    assert (
        parse_opt_out(before + unicodedata.normalize(form, written) + after) is OptOutKeyword.STOP
    )


@pytest.mark.parametrize("body", ["START", "unstop", " Start! ", "“UNSTOP”"])
def test_start_word_is_recognized(body):
    assert parse_opt_out(body) is OptOutKeyword.START
    assert parse_opt_out(body, own_words=START_WORDS) is OptOutKeyword.START


@pytest.mark.parametrize(
    "body",
    [
        *("please stop by at 5", "stop it", "the end", "END OF STORY", "nonstop", "stop start"),
        *("cancel my 3 pm", "STOP 2", "", None, "  ", "!!!", "🛑", "s t o p", "starting"),
    ],
)
def test_keyword_among_other_words_is_ignored(body):
    assert parse_opt_out(body, own_words=["!!!", ""]) is None


def test_own_keywords_count_too():
    own = ["BAJA", "no más", "Stopp"]
    for body in ("baja", "No  Más.", unicodedata.normalize("NFD", "NO MÁS"), "STOPP", "stop"):
        assert parse_opt_out(body, own_words=own) is OptOutKeyword.STOP
    assert parse_opt_out("baja") is None


@pytest.mark.parametrize(
    "body",
    [
        *(
            "Stop. Thank you",
            "Please stop texting me",
            "Stop calling me",
            "STOP STOP",
            "STOP thx",
            "STOP\n\nMaria Lopez\nAcme",
        ),
        *(
            "Please stop",
            "stop please!",
            "Stop, thanks",
            "stop sending me messages",
            "STOP TEXTING",
        ),
        *("Do not text me again", "don't message me", "Don’t contact this number", "No more texts"),
        *("I'd like to be removed from your texts", "Enough with the texts", "stop msging me"),
        *("Take me off your list", "remove me from this list", "Unsubscribe me please"),
        *("remove", "Remove me please", "take me off", "I said stop", "STOP I said", "S.T.O.P."),
        *("stop txting me", "Stop all msgs", "END messages", "Can you stop?", "s t o p"),
        *("U have the wrong number stop", "wrong person please remove", "Cancel these texts"),
        *("I want to opt out", "Hi, please stop. I moved away.", "Unsubscribe. Maria"),
        *("I don't want to receive any more messages", "I don't want these texts anymore"),
        *(
            "Wrong number, please stop",
            "Please leave me alone",
            "Remove my number",
            "unsuscribe me",
        ),
    ],
)
def test_polite_stop_is_a_hint_and_no_keyword(body):
    assert asks_to_stop(body)
    assert parse_opt_out(body) is None


@pytest.mark.parametrize(
    "body",
    [
        *("cancel my appointment", "Cancel. I can't make it", "Please cancel my 3 pm", "The end."),
        *(
            "please stop by at 5",
            "I'll stop at the store",
            "Don't stop",
            "nonstop flight",
            "",
            None,
        ),
        *("Where does the bus stop?", "I quit my job", "Can you text me the address?", "STOP 2"),
        *(
            "The stain was removed from the text on the sign",
            "That's enough",
            "Enough text already?",
        ),
        *("I don't get it", "Please send me the invoice", "Did you get my message?", "No, thanks"),
        *(
            "We never get messages on this phone",
            "Take me off the waiting list",
            "Stop by any time",
        ),
        *("Don't forget to text me", "I never got a text from you", "Stop the sprinkler, please"),
        *(
            "Can you stop by at 5?",
            "I said stop at the corner",
            "Remove the sofa",
        ),
        *("You sent it to the wrong number, can you stop the payment?", "End of messages"),
        *("Please remove the sofa", "We have the option to stop the order on Friday"),
    ],
)
def test_other_sentences_are_no_hint(body):
    assert not asks_to_stop(body)


@pytest.mark.parametrize(
    "body",
    [
        # Spanish
        *("No envíen más mensajes", "Por favor no manden más mensajes"),
        *("Por favor, no me envíen más mensajes.", "No me manden mensajes", "NO ME ESCRIBAN MAS"),
        *("Ya no quiero recibir mensajes", "Dejen de escribirme", "deja de mandarme mensajes"),
        *(
            "Quiero darme de baja",
            "Baja por favor",
            "Denme de baja de esta lista",
            "No más mensajes",
        ),
        *("Quítenme de su lista por favor", "Basta!", "Hola, stop por favor", "no me contacten"),
        # French
        *("Arrêtez de m'envoyer des messages", "Ne m'écrivez plus svp", "Ne me contactez plus"),
        *("Je ne veux plus recevoir de SMS", "Stop s'il vous plaît", "Désinscrivez-moi, merci"),
        *("Retirez-moi de votre liste", "Plus de messages, merci", "Merci de cesser de m'écrire"),
        *(
            "Je ne souhaite plus être contactée",
            "Bonjour, STOP merci",
            "Merci de ne plus me contacter",
        ),
        *("Je veux me désabonner", "Arrêtez svp", "Stoppez les messages"),
        # German
        *(
            "Bitte keine Nachrichten mehr",
            "Schicken Sie mir keine SMS mehr",
            "Stopp!",
            *(
                "Bitte Stop",
                "Kein Interesse, bitte nicht mehr anschreiben",
                "Lassen Sie mich in Ruhe",
            ),
            *("Keine Werbung mehr", "Bitte löschen Sie meine Nummer", "Ich möchte mich abmelden"),
        ),
        *("Hören Sie auf, mir zu schreiben", "Ich möchte keine weiteren Nachrichten erhalten"),
        *("Schreiben Sie mir bitte nicht mehr", "Bitte abmelden", "bitte nicht mehr schreiben"),
        *("Nehmen Sie mich bitte aus Ihrem Verteiler", "Hoer auf mir zu schreiben"),
        *("Löschen Sie meine Nummer aus der Liste", "Stop, danke"),
        # Portuguese
        *("Por favor parem de me mandar mensagens", "Não me enviem mais mensagens", "Pare."),
        *("Não quero mais receber mensagens", "Me tire da lista", "Chega de mensagens"),
        *("não mande mais nada", "Quero sair. Sair!", "Me remova dessa lista, obrigado"),
        *(
            "Pare de me enviar SMS",
            "Stop por favor",
            "quero me descadastrar",
            "Não me incomodem mais",
        ),
    ],
)
def test_polite_stop_is_a_hint_in_other_languages(body):
    assert asks_to_stop(body)
    assert parse_opt_out(body) is None


@pytest.mark.parametrize(
    "body",
    [
        # Spanish
        *("Cancela mi cita, por favor", "Estoy de baja esta semana", "No me mandaron el mensaje"),
        *("No me llegó ningún mensaje", "¿Me pueden mandar un mensaje?", "Para el lunes está bien"),
        *("No me envíe la factura todavía", "Quiero darme de baja del gimnasio", "Hola, gracias"),
        *("No, más mensajes no llegaron", "No me escriba por WhatsApp, mejor llame"),
        *("Baja el precio un poco", "El edificio más alto", "No, mas tarde", "no quiero la pizza"),
        *("Dejé de fumar", "Me escribe cuando esté listo", "No me escriba antes de las 9"),
        # French
        *("Annulez mon rendez-vous", "Je ne reçois plus de messages", "L'arrêt de bus est ici"),
        *("Pouvez-vous m'envoyer un message ?", "Je n'ai plus de messages", "Non merci, pas stop"),
        *("Ne m'envoyez plus le devis, je l'ai", "Arrêtez-vous devant la porte", "plus de 10 sms?"),
        *("Je ne veux plus de la table", "Je veux plus de messages sur l'offre"),
        # German
        *("Bitte stoppen Sie die Lieferung", "Ich habe keine Nachrichten erhalten", "Kein Problem"),
        *("Ich will nicht mehr warten", "Ich kann nicht mehr schreiben, Akku leer", "Danke, bitte"),
        *("Können Sie mir eine SMS schicken?", "Ich melde mich ab Montag", "Auf Wiederhören"),
        *(
            "Wir senden keine SMS",
            "Ich schreibe keine Nachrichten beim Fahren",
            "Hör auf zu regnen",
        ),
        *("Ich möchte mich für morgen abmelden", "Nehmen Sie mich aus der Liste der Wartenden"),
        *("Wir schreiben morgen", "Ich habe keine SMS bekommen", "Ich hör auf dich"),
        *("Schicken Sie mir keine Rechnung mehr", "Bitte die Sonderwünsche von der Liste löschen"),
        # Portuguese
        *("Cancele minha consulta", "Não recebi mensagem", "Pare na esquina, por favor"),
        *("Vou sair agora", "Não quero mais a pizza", "Pode me mandar uma mensagem?"),
        *("Não me mande a conta ainda", "Para de chover amanhã?", "Tirei o leite da lista"),
        "Retire da lista o item 3",
        *("Não mande mensagem, me ligue", "Nada de mensagem até agora"),
        *("Parece bom", "Não, obrigado", "Chego às 10"),
    ],
)
def test_everyday_sentences_in_other_languages_are_no_hint(body):
    assert not asks_to_stop(body)
