// Takes the university's answer across by itself. Without it the page has a button.
document.getElementById("onward")?.submit();
