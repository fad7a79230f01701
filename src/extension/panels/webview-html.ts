/** The page of a panel: its script, its styles, and a policy that lets nothing else in. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export type PanelName = 'preview' | 'pairs' | 'charts';

export function webviewRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

export function webviewHtml(webview: vscode.Webview, extension: vscode.Uri, name: PanelName, title: string): string {
  const nonce = randomBytes(18).toString('base64url');
  const file = (suffix: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extension), `${name}${suffix}`));
  const { cspSource } = webview;
  // No inline styles: panels use constructed style sheets, which the policy does not concern.
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} blob: data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${file('.css')}">
  <title>${escapeHtml(title)}</title>
</head>
<body>
  <autodidact-${name}></autodidact-${name}>
  <script type="module" nonce="${nonce}" src="${file('.js')}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
