import { type NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { publicFolder } from './pages.controller';

/** Static files under `/assets`, the API description at `/openapi.json`, readable at `/docs` without any foreign host. */
export function prepareHttp(app: NestExpressApplication): void {
  app.useStaticAssets(publicFolder, { prefix: '/assets/', index: false, maxAge: '1h' });
  const description = new DocumentBuilder()
    .setTitle('Balagh: reports of the public')
    .setDescription(
      'For web forms, apps and devices. Every write carries an Idempotency-Key; refusals are RFC 9457 problems with a stable code.',
    )
    .setVersion('1')
    .build();
  // What operators use stays out of what the public reads.
  const forReporters = (): OpenAPIObject => {
    const document = SwaggerModule.createDocument(app, description);
    const paths = Object.entries(document.paths).filter(([path]) => !path.startsWith('/internal/'));
    return { ...document, paths: Object.fromEntries(paths) };
  };
  SwaggerModule.setup('docs', app, forReporters, {
    jsonDocumentUrl: 'openapi.json',
  });
}
