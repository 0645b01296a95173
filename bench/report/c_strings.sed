# A text as C strings, a line each.
s/["\\]/\\&/g
s/.*/"&\\n"/
