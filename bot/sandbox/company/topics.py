"""Lines for generated phone conversations: one block for each topic.

`C:` is the caller, `A:` the person who answers, `S:` a sentence of the summary; ` / ` parts
sentences of which one is said. A topic's first line names it and the moods it ends in.
"""

from typing import Final

TOPICS: Final = """
# booking: positive positive neutral
C: I'd like to book a visit to get {product} measured. / Could someone come by about {product}?
A: Of course. Is this for a new home, or are you replacing what you have?
C: Replacing. The old one has served us for fifteen years. / A new home, we move in next month.
A: Lovely. Our fitter is in your area on {day} and on {other_day}. Which suits you better?
C: {day} would be best, but only after {time}, I'm afraid. / {day}, please, around {time}.
A: {day} at {time} is free, I've put you down. It takes about forty minutes.
C: What should I prepare, and what does it cost? / Do I need to prepare anything?
A: Just clear the wall if you can. The visit is free, and so is the quote that follows.
C: Perfect. Could I get a reminder the day before?
A: Yes, a text goes out the evening before, and you can move the visit by answering it.
S: {who} booked a measuring visit for {product} on {day} at {time}.
S: The visit is free and takes about forty minutes. / The fitter needs the wall to be clear.
S: A reminder by text was promised for the evening before.

# invoice: neutral neutral mixed
C: I have a question about invoice {ref}. / I think there's a mistake on invoice {ref}.
A: Let me open it. That's the one for {amount}, from the start of the month?
C: That's it. Delivery is on there twice, if I read it correctly.
A: Let me see... yes, you are right. It was added once by us and once by the carrier.
C: I thought so. I'd rather not pay it until that's put right.
A: Quite right. I'm cancelling this one and sending you a corrected invoice today.
C: Will the due date move as well? / And I don't get a reminder in the meantime?
A: It gets a new date, fourteen days from today, and reminders are stopped as of now.
C: Good. Please send it to the bookkeeping address and not to me.
A: I've noted that for this invoice and for the ones to come.
S: {who} reported that delivery was charged twice on invoice {ref} ({amount}).
S: The mistake was confirmed, and a corrected invoice goes out today with a new due date.
S: Future invoices should go to the bookkeeping address.

# delivery: neutral positive mixed
C: I'm waiting for {product} and would like to know when it comes. / Where is order {ref}?
A: One moment, I'll look. Order {ref}, going to {street}, is that right?
C: Yes, exactly. It was meant to come this week.
A: It left our workshop yesterday. The carrier has it planned for {day}.
C: {day} is difficult, nobody is at home before {time}. / Morning or afternoon?
A: I can ask them to come between {time} and the early evening. Would that work?
C: That works. It has to go up to the second floor, by the way, and there's no lift.
A: Good that you mention it. I'm adding a second person, at no charge.
C: Oh, that's kind. And what about the packaging?
A: They take it all back with them. The driver calls half an hour ahead.
S: {who} asked when order {ref} will arrive; it is planned for {day} after {time}.
S: The delivery goes to {street}, second floor without a lift, so a second person was added.
S: The driver will call half an hour ahead.

# complaint: negative negative mixed
C: I'm not happy at all. {product_cap} came on {day} and one side is scratched.
A: I'm sorry to hear that. Can you tell me where the scratch is, and how long?
C: On the front, a good eight inches, you see it as soon as you walk in.
A: That shouldn't have left the house like that. Do you have a photo of it?
C: Several. I sent them by e-mail at once and nobody has answered.
A: Then I apologize twice. I'll make sure this stays with me until it's solved.
C: I'd like a new front. I don't want someone to come and paint over it.
A: Agreed, a new front. The workshop needs about ten days, and we fit it for you.
C: Ten days is long, we have guests at the end of next week.
A: Let me ask them to bring it forward. I'll call you by tomorrow at {time} with a firm date.
C: All right. If I hear nothing I'd like my {amount} back, to be honest.
A: I understand. You will hear from me.
S: {who} complained about a deep scratch on the front of {product}, delivered on {day}.
S: A new front was promised; the workshop usually needs ten days, but guests are coming sooner.
S: {agent} is to call back by tomorrow at {time} with a firm date.
S: Earlier e-mails with photos seem to have gone unanswered.

# quote: positive neutral neutral
C: I got your quote for {product} and wanted to go through it. / Your quote {ref} came today.
A: Happy to. I have it here, {amount} including fitting. What would you like to know?
C: What would it come to in oak in place of walnut?
A: Oak is about eight percent less. It's just as hard-wearing, only lighter in color.
C: And if we fit it ourselves? My brother is a carpenter.
A: Then I can take off the fitting, but the warranty on the doors would be a year shorter.
C: Hm, then we leave that in. Until when do these prices hold?
A: Until the end of next month. After that the timber is priced anew.
C: Could you send me the oak version in writing? We'd decide by {day}.
A: You have it this afternoon, with a sample of the wood in the mail.
S: {who} went through the quote for {product} ({amount}) and asked for a version in oak.
S: The new quote goes out this afternoon with a wood sample. / Fitting stays in the quote.
S: A decision is expected by {day}.

# fault: mixed neutral negative
C: A drawer of {product} doesn't close any more. / A hinge on {product} has come loose.
A: Let's see what we can do. When did it begin?
C: Last weekend. At first it only made a noise, now it's stuck halfway.
A: Is there a small grey lever underneath, on the left side? Could you press it?
C: Wait... yes, there is. It clicked, but it still gets stuck.
A: Then the runner is worn. That's covered, you are within the five years.
C: Good to know. I thought I'd have to pay for that.
A: No. I can send you the part to fit it yourself, or someone comes on {day}.
C: I'd rather have someone come. Would {time} be possible?
A: {day} at {time}, noted. Please empty the drawer beforehand, and leave it as it is.
S: {who} reported a worn runner on {product}; pressing the lever did not help.
S: The repair is covered by warranty, and a fitter comes on {day} at {time}.
S: The drawer should be emptied beforehand.

# reschedule: neutral neutral positive
C: I have an appointment on {day} and have to move it, sorry. / Can I move my fitting on {day}?
A: No problem at all. I see it: {day} at {time}, for {product}. Which day would be better?
C: Some day in the week after, ideally. My daughter is ill and I'm at home with her.
A: Oh, I hope she gets well soon. The week after I could offer {other_day}, same time.
C: {other_day} is good. Does the same fitter come? He knows the stairs.
A: I'll ask for him. He's on the plan for that day, so it should work out.
C: Great. Do I have to sign anything again?
A: No, everything stays as it is. Only the date changes.
C: Then I'll write that down: {other_day} at {time}.
A: Exactly. The confirmation is on its way to you by text.
S: {who} moved the appointment for {product} from {day} to {other_day} at {time}.
S: The same fitter was asked for. / The caller's daughter is ill.
S: A confirmation by text was sent.

# supplier: neutral positive
C: I'm calling from the timber yard about your purchase order {ref}.
A: Ah, yes. The oak boards, wasn't it? Is there a problem?
C: Not really. We can deliver most of it on {day}, the rest would follow on {other_day}.
A: How much would be missing?
C: About a fifth, only the long boards. We have them cut freshly for you.
A: That's fine, we begin with the short ones anyway. Does the price stay as agreed?
C: It does, {amount} for everything, and we charge the freight only once.
A: Very good. Please use the gate at the back, the front is being paved.
C: I'll tell the driver. Is somebody there from {time}?
A: From {time} on, yes. Just ring the bell at the workshop.
S: The timber yard delivers most of order {ref} on {day}; a fifth follows on {other_day}.
S: The price stays at {amount}, with freight charged once.
S: The driver should use the gate at the back, from {time} on.

# praise: positive
C: I only wanted to say thank you. {product_cap} is in, and it's beautiful.
A: How nice of you to call! That will make the workshop's day.
C: The two who fitted it were so careful. They even swept the hallway.
A: I'll tell them. May I ask how you like the color in the end?
C: It's perfect. My husband had his doubts, and now he shows it to everyone.
A: Then we did it right. Would you let us take a photo for our showroom?
C: Gladly, but give me until {day} to tidy up.
A: Take your time. I'll note {day}, and our photographer calls you first.
C: And we'd like a second one, smaller, for the guest room. Can you quote for that?
A: With pleasure. I'll use your measurements from last time and send it by {other_day}.
S: {who} called to say thank you for {product} and praised the two fitters.
S: A photo for the showroom may be taken on {day}.
S: A quote for a smaller second piece goes out by {other_day}.
"""
