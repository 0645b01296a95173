for (const code of document.querySelectorAll('pre')) {
	const button = document.createElement('button');
	button.type = 'button';
	button.textContent = 'Copy';
	button.onclick = async () => {
		try {
			await navigator.clipboard.writeText(code.textContent);
		} catch {
			getSelection().selectAllChildren(code);
			document.execCommand('copy');
		}
		button.textContent = 'Copied';
	};
	code.after(button);
}
addEventListener('beforeprint', () => {
	for (const details of document.querySelectorAll('details'))
		details.open = true;
});
