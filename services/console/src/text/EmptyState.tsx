import { type ReactNode } from 'react';

/** A place that holds nothing, said kindly, with what to do about it. */
export function EmptyState({
  icon,
  title,
  hint,
  children,
  level = 1,
}: {
  icon: ReactNode;
  title: string;
  hint?: string | undefined;
  children?: ReactNode;
  level?: 1 | 2;
}) {
  return (
    <div className="empty" role="status">
      <div className="empty-icon" aria-hidden>
        {icon}
      </div>
      {level === 1 ? <h1>{title}</h1> : <h2>{title}</h2>}
      {hint === undefined ? null : <p>{hint}</p>}
      {children}
    </div>
  );
}
