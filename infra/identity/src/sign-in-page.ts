import { type DemoAccounts } from './accounts';

export interface SignInPage {
  readonly action: string;
  readonly accounts: DemoAccounts;
  readonly failed: boolean;
}

const styles = `
:root{color-scheme:light dark;font-family:system-ui,"Noto Sans Arabic","Segoe UI",Tahoma,sans-serif}
body{margin:0;background:Canvas;color:CanvasText;line-height:1.6}
main{max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}
input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;border:1px solid GrayText;border-radius:.4rem}
button{font:inherit;padding:.6rem 1.2rem;border-radius:.4rem;border:1px solid #0b5a4a;background:#0b5a4a;color:#fff;cursor:pointer}
button:focus-visible,input:focus-visible{outline:3px solid #d98e04;outline-offset:2px}
table{border-collapse:collapse;width:100%;margin-top:1rem}
th,td{text-align:start;padding:.4rem .5rem;border-bottom:1px solid GrayText;vertical-align:top}
td button{padding:.2rem .8rem}
.notice{border-inline-start:4px solid #d98e04;padding-inline-start:.75rem}
.failed{border-inline-start:4px solid #b3261e;padding-inline-start:.75rem}
[lang=en]{direction:ltr;unicode-bidi:isolate}
`;

/** Arabic first, English beside it; works without scripts. Each row of the list signs in with one press. */
export function signInPage({ action, accounts, failed }: SignInPage): string {
  const rows = accounts.staff.map(
    ({ username, title, claims }) => `<tr>
<th scope="row"><bdi>${escape(username)}</bdi></th>
<td>${escape(title.ar)}<br><span lang="en">${escape(title.en)}</span></td>
<td><bdi>${escape((claims['tenants'] as readonly string[]).join(', '))}</bdi></td>
<td><form method="post" action="${escape(action)}"><input type="hidden" name="username" value="${escape(username)}"><input type="hidden" name="password" value="${escape(accounts.password)}"><button aria-label="دخول ${escape(username)}">دخول</button></form></td></tr>`,
  );
  const failure = failed
    ? '<p class="failed" role="alert">اسم المستخدم أو كلمة المرور غير صحيحة. <span lang="en">Account or password is wrong.</span></p>'
    : '';
  return page(
    'تسجيل الدخول · Sign in',
    `<h1>بلاغ: تسجيل الدخول <span lang="en">Balagh: sign in</span></h1>
<p class="notice">نسخة للعرض ببيانات مختلقة. كلمة المرور لجميع الحسابات: <bdi><code>${escape(accounts.password)}</code></bdi>.
<span lang="en">A demonstration with invented data. Password of every account: <code>${escape(accounts.password)}</code>.</span></p>
${failure}
<form method="post" action="${escape(action)}">
<label for="username">اسم المستخدم <span lang="en">Account</span></label>
<input id="username" name="username" dir="ltr" autocomplete="username" required maxlength="100">
<label for="password">كلمة المرور <span lang="en">Password</span></label>
<input id="password" name="password" type="password" dir="ltr" autocomplete="current-password" required maxlength="100">
<p><button>دخول <span lang="en">Sign in</span></button></p>
</form>
<table><caption>حسابات العرض <span lang="en">Demonstration accounts</span></caption>
<thead><tr><th scope="col">الحساب</th><th scope="col">الدور</th><th scope="col">الجهات</th><th scope="col">دخول</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`,
  );
}

/** The sign-in was begun too long ago or in another browser. */
export function expiredPage(): string {
  return page(
    'انتهت المهلة · Expired',
    '<h1>انتهت مهلة تسجيل الدخول</h1><p>يرجى العودة إلى النظام والمحاولة من جديد. <span lang="en">The sign-in has expired; go back to the application and start again.</span></p>',
  );
}

/** Asks before the session ends; `form` is the issuer's own form `op.logoutForm` with its protection against forgery. */
export function signOutPage(form: string): string {
  return page(
    'تسجيل الخروج · Sign out',
    `<h1>تسجيل الخروج <span lang="en">Sign out</span></h1>${form}
<p><button autofocus type="submit" form="op.logoutForm" name="logout" value="yes">نعم، تسجيل الخروج <span lang="en">Yes, sign out</span></button>
<button type="submit" form="op.logoutForm">البقاء <span lang="en">Stay</span></button></p>`,
  );
}

export function signedOutPage(): string {
  return page('تم تسجيل الخروج · Signed out', '<h1>تم تسجيل الخروج</h1><p lang="en">You are signed out.</p>');
}

/** `error` is an OAuth error code; descriptions may quote what was sent and are left out. */
export function errorPage(error: string): string {
  return page(
    'خطأ · Error',
    `<h1>تعذر تسجيل الدخول</h1><p><span lang="en">The sign-in failed:</span> <bdi><code>${escape(error)}</code></bdi></p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${styles}</style></head><body><main>${body}</main></body></html>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
